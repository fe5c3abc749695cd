# What the fake batch systems share: POSIX shell over a folder, DFTFLOW_FAKE. Jobs are really run, as processes.
#
#   next, jobs/ID/{name,state,pid,exit,script,folder,shown,fate}   state: PD R CD F CA TO OM NF
#   slots       how many jobs run at a time (default 2)
#   faults      one fault a line, each used once: COMMAND FAULT [VALUE]; '*' before the command keeps it
#   log         the commands as they came
#
# Faults: accept-then-fail, fail, hang, no-id, banner, empty, truncated, late SECONDS, reuse, names8, limit, array.
# Of a submission also: then timeout|memory|node|admin|requeue, which befalls the job when there is a file 'begun' in its folder.

root=${DFTFLOW_FAKE:?}
mkdir -p "$root/jobs"
command=${0##*/}
printf '%s %s\n' "$command" "$*" >>"$root/log"

# One command at a time: what they write must not get mixed.
until mkdir "$root/lock" 2>/dev/null; do sleep 0.05; done
trap 'rmdir "$root/lock"' EXIT
trap 'exit 143' TERM INT

fault= value=
take_fault() {
    [ -s "$root/faults" ] || return 0
    : >"$root/faults.new"
    while read -r for what with; do
        if [ -z "$fault" ] && [ "${for#\*}" = "$command" ]; then
            fault=$what value=$with
            case $for in \**) printf '%s %s %s\n' "$for" "$what" "$with" >>"$root/faults.new" ;; esac
        else
            printf '%s %s %s\n' "$for" "$what" "$with" >>"$root/faults.new"
        fi
    done <"$root/faults"
    mv "$root/faults.new" "$root/faults"
}
take_fault

get() { cat "$root/jobs/$1/$2" 2>/dev/null; }
put() { printf '%s\n' "$3" >"$root/jobs/$1/$2"; }

# Brings the jobs up to date: who has ended, who may start.
turn() {
    running=0
    for job in $(ls "$root/jobs" | sort -n); do
        if [ "$(get "$job" state)" = R ]; then
            if [ -e "$root/jobs/$job/fate" ] && [ -e "$(get "$job" folder)/begun" ]; then
                befall "$job"
            elif [ -s "$root/jobs/$job/exit" ]; then
                if [ "$(get "$job" exit)" = 0 ]; then put "$job" state CD; else put "$job" state F; fi
            else
                running=$((running + 1))
            fi
        fi
    done
    slots=$(cat "$root/slots" 2>/dev/null || echo 2)
    for job in $(ls "$root/jobs" | sort -n); do
        [ "$running" -lt "$slots" ] || break
        if [ "$(get "$job" state)" = PD ]; then
            start "$job"
            running=$((running + 1))
        fi
    done
}

start() {
    put "$1" state R
    (
        trap - EXIT
        cd "$(get "$1" folder)" || exit
        SLURM_JOB_ID=$1 PBS_JOBID=$1.fake LSB_JOBID=$1
        export SLURM_JOB_ID PBS_JOBID LSB_JOBID
        export DFTFLOW_FAKE_JOB="$root/jobs/$1"
        setsid sh -c 'echo $$ >"$DFTFLOW_FAKE_JOB/pid"; sh "$DFTFLOW_FAKE_JOB/script" >>dftflow-job.out 2>&1; echo $? >"$DFTFLOW_FAKE_JOB/exit.new"; mv "$DFTFLOW_FAKE_JOB/exit.new" "$DFTFLOW_FAKE_JOB/exit"' &
    ) </dev/null >/dev/null 2>&1
}

# Puts the script on standard input into the queue: id is its number.
accept() { # directive's beginning and the option of the name
    id=$(cat "$root/next" 2>/dev/null || echo 100)
    [ "$fault" = reuse ] && id=$((id - 1)) && rm -rf "$root/jobs/$id"
    echo $((id + 1)) >"$root/next"
    # Whoever looks into the folder finds whole jobs only.
    new=../accepting
    mkdir -p "$root/accepting"
    cat >"$root/accepting/script"
    put $new name "$(sed -n "s/^$1[ =]*//p" "$root/accepting/script" | head -n 1)"
    put $new folder "$PWD"
    put $new shown "$(($(date +%s) + $([ "$fault" = late ] && echo "$value" || echo 0)))"
    [ "$fault" != then ] || put $new fate "$value"
    put $new state PD
    mv "$root/accepting" "$root/jobs/$id"
}

befall() {
    place=$(get "$1" folder) fate=$(get "$1" fate)
    rm "$root/jobs/$1/fate"
    case $fate in
        timeout)
            # Of PBS and Slurm this is all that is left when they have forgotten the job.
            case $command in
                q*) echo "=>> PBS: job killed: walltime 75 exceeded limit 60" ;;
                s*) echo "slurmstepd: error: *** JOB $1 ON node01 CANCELLED AT 2026-11-23T20:15:01 DUE TO TIME LIMIT ***" ;;
            esac >>"$place/dftflow-job.out"
            put "$1" state TO
            signal_job "$1" TERM
            ;;
        memory) put "$1" state OM; signal_job "$1" KILL ;;
        # A node that is out of sight goes on with what it does.
        node) put "$1" state NF ;;
        admin) put "$1" state CA; put "$1" by admin; signal_job "$1" TERM ;;
        requeue)
            signal_job "$1" TERM
            until [ -e "$place/dftflow-exit" ]; do sleep 0.05; done
            rm -f "$root/jobs/$1/pid" "$root/jobs/$1/exit"
            put "$1" state PD
            ;;
    esac
}

signal_job() { # JOB SIGNAL
    # A job that has just been started has no number yet.
    until [ -s "$root/jobs/$1/pid" ]; do sleep 0.05; done
    session=$(get "$1" pid)
    # The group -1 is every process there is, -0 our own.
    case $session in '' | 0* | 1 | *[!0-9]*) ;; *) kill -s "$2" -- "-$session" 2>/dev/null || : ;; esac
}

shown() { [ "$(get "$1" shown)" -le "$(date +%s)" ]; }

name() {
    if [ "$fault" = names8 ]; then get "$1" name | cut -c 1-8; else get "$1" name; fi
}

# Ends a job: in the queue at once, a running one by signal.
end_job() {
    case $(get "$1" state) in
        PD) put "$1" state CA ;;
        R)
            put "$1" state CA
            signal_job "$1" TERM
            ;;
        *) return 1 ;;
    esac
}

# What every command may do in place of its work.
common_faults() {
    case $fault in
        hang) rmdir "$root/lock"; trap - EXIT TERM INT; exec sleep 3600 ;;
        banner) printf '*** Welcome ***\n42 nodes are free today\n' ;;
        empty) exit 0 ;;
    esac
}
common_faults

# Half of what comes in where the answer is to be cut.
cut_if_truncated() {
    if [ "$fault" = truncated ]; then text=$(cat); printf '%s' "$text" | head -c $((${#text} / 2)); else cat; fi
}
