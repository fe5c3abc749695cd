#!/bin/sh
#SBATCH --job-name={{ name | directive }}
#SBATCH --output=dftflow-job.out
#SBATCH --nodes={{ nodes | directive }}
#SBATCH --ntasks={{ ranks | directive }}
#SBATCH --ntasks-per-node={{ ranks_per_node | directive }}
#SBATCH --cpus-per-task={{ threads | directive }}
{% if walltime_s %}#SBATCH --time={{ walltime_s | clock }}
{% endif -%}
{% if memory_mib %}#SBATCH --mem={{ memory_mib | directive }}M
{% endif -%}
{% if queue %}#SBATCH --partition={{ queue | directive }}
{% endif -%}
{% if account %}#SBATCH --account={{ account | directive }}
{% endif -%}
{% if qos %}#SBATCH --qos={{ qos | directive }}
{% endif -%}
#SBATCH --no-requeue
{% for option in options %}#SBATCH {{ option | option }}
{% endfor %}
job_id=$SLURM_JOB_ID alone=
{% run %}
