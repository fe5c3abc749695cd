#!/bin/sh
#BSUB -J {{ name | directive }}
#BSUB -o dftflow-job.out
#BSUB -n {{ cores | directive }}
#BSUB -R "span[ptile={{ cores_per_node | directive }}]"
{% if walltime_s %}#BSUB -W {{ walltime_s | minutes | directive }}
{% endif -%}
{% if memory_mib %}#BSUB -R "rusage[mem={{ memory_mib | directive }}MB]"
{% endif -%}
{% if queue %}#BSUB -q {{ queue | directive }}
{% endif -%}
{% if account %}#BSUB -P {{ account | directive }}
{% endif -%}
#BSUB -rn
{% for option in options %}#BSUB {{ option | option }}
{% endfor %}
job_id=$LSB_JOBID alone=
{% run %}
