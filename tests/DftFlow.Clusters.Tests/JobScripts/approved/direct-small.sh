#!/bin/sh
#DFTFLOW --name=dfsmall
#DFTFLOW --cores=1

# The session's name for itself: run by hand, the script has none.
job_id=${DFTFLOW_JOB_ID-} alone=${DFTFLOW_JOB_ID-}

# What every job does, whatever starts it: the tag 'run' of a template stands for these lines. They are POSIX shell.
# The template has set job_id, and alone where nothing else ends what the job leaves behind in its group of processes.
end_signal= interrupted= status=
unset before

# A file is there as a whole or not at all; its last line says so once more.
record() {
    file=$1
    shift
    printf '%s\n' "$@" "job $job_id" "time $(date +%s)" end >"$file.$$" && mv -f "$file.$$" "$file"
}

finish() {
    status=${status:-$1}
    trap '' TERM USR1 XCPU
    trap - EXIT
    record dftflow-exit "status $status" "signal ${end_signal:-none}"
    if [ -n "$alone" ]; then kill -TERM 0; fi
    exit "$status"
}

# What the batch system says goes on to the program, which then has its time to end.
pass_on() {
    end_signal=$1 interrupted=yes
    if [ -n "${before+started}" ] && [ "${!-}" != "$before" ]; then
        kill -"$1" "$!" 2>/dev/null || :
    else
        exit "$2"
    fi
}

CDPATH= cd /scratch/ann/df1 || exit 1
rm -f dftflow-exit
trap 'finish $?' EXIT
trap 'pass_on TERM 143' TERM
trap 'pass_on USR1 138' USR1
trap 'pass_on XCPU 152' XCPU
record dftflow-start "host $(uname -n)"
export OMP_NUM_THREADS=1

before=${!-}
vasp_std </dev/null >vasp.out 2>&1 &
# A signal ends the waiting, not the program.
while interrupted=; do
    wait "$!" && last=0 || last=$?
    # 127: the end was told already, just before the signal came.
    if [ "$last" -ne 127 ] || [ -z "$status" ]; then status=$last; fi
    [ -n "$interrupted" ] || break
done
exit "$status"
