#!/bin/sh
#DFTFLOW --name={{ name | directive }}
#DFTFLOW --cores={{ cores | directive }}
{% for option in options %}#DFTFLOW {{ option | option }}
{% endfor %}
# The session's name for itself: run by hand, the script has none.
job_id=${DFTFLOW_JOB_ID-} alone=${DFTFLOW_JOB_ID-}
{% if walltime_s %}
# No batch system ends this job: a watchdog does, as long as this shell lives.
(
    left={{ walltime_s }}
    while [ "$left" -gt 0 ]; do
        sleep 1
        kill -0 $$ 2>/dev/null || exit
        left=$((left - 1))
    done
    kill -XCPU $$
    sleep 30
    # Run by hand, the group is that of whoever ran it.
    if [ -n "$alone" ]; then kill -KILL 0; fi
) </dev/null >/dev/null 2>&1 &
{% endif %}
{% run %}
