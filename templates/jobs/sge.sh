#!/bin/sh
#$ -S /bin/sh
#$ -N {{ name | directive }}
#$ -cwd
#$ -j y
#$ -o dftflow-job.out
{% if cores > 1 %}#$ -pe {{ parallel_environment | needed: "parallel_environment" | directive }} {{ cores | directive }}
{% endif -%}
{% if walltime_s %}#$ -l h_rt={{ walltime_s | directive }}
{% endif -%}
{% if memory_mib %}#$ -l h_vmem={{ memory_mib | per: cores_per_node | directive }}M
{% endif -%}
{% if queue %}#$ -q {{ queue | directive }}
{% endif -%}
{% if account %}#$ -P {{ account | directive }}
{% endif -%}
#$ -r n
{% for option in options %}#$ {{ option | option }}
{% endfor %}
job_id=$JOB_ID alone=
{% run %}
