#!/bin/sh
#PBS -N {{ name | directive }}
#PBS -j oe
#PBS -o dftflow-job.out
#PBS -l nodes={{ nodes | directive }}:ppn={{ cores_per_node | directive }}
{% if walltime_s %}#PBS -l walltime={{ walltime_s | clock }}
{% endif -%}
{% if memory_mib %}#PBS -l mem={{ memory_mib | times: nodes | directive }}mb
{% endif -%}
{% if queue %}#PBS -q {{ queue | directive }}
{% endif -%}
{% if account %}#PBS -A {{ account | directive }}
{% endif -%}
{% if qos %}#PBS -l qos={{ qos | directive }}
{% endif -%}
#PBS -r n
{% for option in options %}#PBS {{ option | option }}
{% endfor %}
job_id=$PBS_JOBID alone=
{% run %}
