#!/bin/sh
#PBS -N {{ name | directive }}
#PBS -j oe
#PBS -o dftflow-job.out
#PBS -l select={{ nodes | directive }}:ncpus={{ cores_per_node | directive }}:mpiprocs={{ ranks_per_node | directive }}:ompthreads={{ threads | directive }}{% if memory_mib %}:mem={{ memory_mib | directive }}mb{% endif %}
{% if walltime_s %}#PBS -l walltime={{ walltime_s | clock }}
{% endif -%}
{% if queue %}#PBS -q {{ queue | directive }}
{% endif -%}
{% if account %}#PBS -A {{ account | directive }}
{% endif -%}
#PBS -r n
{% for option in options %}#PBS {{ option | option }}
{% endfor %}
job_id=$PBS_JOBID alone=
{% run %}
