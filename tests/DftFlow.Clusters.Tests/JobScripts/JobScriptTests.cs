using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Tests.Schedulers;
using DftFlow.Tests;

namespace DftFlow.Clusters.Tests.JobScripts;

public sealed class JobScriptTests
{
    private static readonly JobRequest Small = new() { Name = "dfsmall", Directory = "/scratch/ann/df1", Command = ["vasp_std"] };

    private static readonly JobRequest Large = new()
    {
        Name = "dfq7m2x4k9p3t1",
        Directory = "/scratch/ann lee/df2",
        Command = ["mpirun", "-np", "16", "/opt/vasp 6/bin/vasp_std"],
        Nodes = 2,
        Ranks = 16,
        Threads = 2,
        Walltime = new TimeSpan(30, 0, 1),
        MemoryMib = 64000,
        Queue = "long",
        Account = "chem-42",
        Setup = ["ulimit -s unlimited", "export I_MPI_PMI_LIBRARY=/usr/lib/libpmi.so"],
        Modules = ["intel/2024", "vasp/6.4"],
        Environment = Small.Environment.Add("OMP_PLACES", "cores").Add("NOTE", "it's $HOME"),
        ParallelEnvironment = "mpi",
    };

    public static TheoryData<string, bool> Shipped()
    {
        var data = new TheoryData<string, bool>();
        foreach (var scheduler in (string[])["slurm", "pbs", "torque", "sge", "lsf", "direct"])
        {
            data.Add(scheduler, false);
            data.Add(scheduler, true);
        }
        return data;
    }

    private static JobRequest LargeFor(string scheduler) => scheduler switch
    {
        "slurm" => Large with { Qos = "high", Options = ["--constraint=skylake", "--exclude=node[01-02]"] },
        "torque" => Large with { Qos = "high", Options = ["-m n"] },
        "pbs" => Large with { Options = ["-l place=scatter:excl"] },
        "sge" => Large with { Options = ["-R y"] },
        "lsf" => Large with { Options = ["-R \"select[type==X86_64]\""] },
        _ => Large with { Nodes = 1, Queue = null, Account = null, MemoryMib = null },
    };

    // DFTFLOW_APPROVE=1 writes what is produced in place of what is expected; 'git diff' then shows what changed.
    [Theory]
    [MemberData(nameof(Shipped))]
    public void Writes_the_approved_script(string scheduler, bool large)
    {
        var (template, name) = JobTemplates.Find(scheduler, userFolder: "/nowhere");
        var script = JobScript.Render(template, large ? LargeFor(scheduler) : Small, name);
        var file = Path.Combine(TestPaths.Repository, "tests/DftFlow.Clusters.Tests/JobScripts/approved", $"{scheduler}-{(large ? "large" : "small")}.sh");
        if (Environment.GetEnvironmentVariable("DFTFLOW_APPROVE") is { Length: > 0 }) File.WriteAllText(file, script);
        Assert.Equal(File.ReadAllText(file), script);
    }

    [Theory]
    [InlineData("a;b", "DF4202")]
    [InlineData("$(touch x)", "DF4202")]
    [InlineData("1abc", "DF4202")]
    [InlineData("a\nb", "DF4202")]
    [InlineData("a\n", "DF4202")]
    [InlineData("", "DF4202")]
    public void Refuses_a_name_that_is_no_name(string name, string code) => Refuses(code, Small with { Name = name });

    [Fact]
    public void Refuses_what_a_directive_cannot_hold()
    {
        foreach (var bad in (string[])["a b", "a\nrm -rf ~", "a\u2028b", "a\u0085b", "a\tb", "", "-p", "a'b", "a\"b", "a\\b", "a#b", "$x", "a\u202eb", "\ud800"])
        {
            Refuses("DF4202", Small with { Queue = bad });
            Refuses("DF4202", Small with { Account = bad });
            Refuses("DF4202", Small with { Qos = bad });
        }
        foreach (var bad in (string[])["--x\nrm -rf ~", "--x\r", "", " ", "--x\u2029"]) Refuses("DF4202", Small with { Options = [bad] });
        // Each job of an array would run in the same folder.
        foreach (var bad in (string[])["--array=1-3", "--array 1", "-a 0-7", "-t 1-3", "-J 1-3:2", "-J name[1-3]"]) Refuses("DF4202", Small with { Options = [bad] });
        foreach (var good in (string[])["--account=array", "-a 202612312359", "-J name", "--time=1-00:00:00"]) JobScript.Render(JobTemplates.Find("slurm", userFolder: "/nowhere").Text, Small with { Options = [good] });
    }

    [Fact]
    public void Refuses_numbers_and_names_that_no_job_can_have()
    {
        Refuses("DF4202", Small with { Nodes = 0 });
        Refuses("DF4202", Small with { Ranks = 3, Nodes = 2 });
        Refuses("DF4202", Small with { Threads = -1 });
        Refuses("DF4202", Small with { MemoryMib = 0 });
        Refuses("DF4202", Small with { Walltime = TimeSpan.Zero });
        Refuses("DF4202", Small with { Walltime = TimeSpan.MaxValue });
        Refuses("DF4202", Small with { Directory = "relative" });
        Refuses("DF4202", Small with { Directory = "/a\0b" });
        Refuses("DF4202", Small with { OutputFile = "../x" });
        Refuses("DF4202", Small with { Command = [] });
        Refuses("DF4202", Small with { Environment = Small.Environment.Add("A B", "x") });
        Refuses("DF4202", Small with { Environment = Small.Environment.Add("A=$(x)", "x") });
    }

    [Fact]
    public void Refuses_a_job_that_asks_for_what_the_template_drops()
    {
        Refuses("DF4204", Small with { Qos = "high" }, "pbs");
        Refuses("DF4204", Small with { Queue = "long" }, "direct");
        Refuses("DF4204", Small with { Ranks = 4 }, "sge");
        Assert.Throws<DftFlowException>(() => JobScript.Render("#!/bin/sh\njob_id=1 alone=\n{% run %}\n", Small with { Threads = 2 }, "own.sh"));
        // The end record would be nobody's.
        Assert.Equal("DF4204", Assert.Throws<DftFlowException>(() => JobScript.Render("#!/bin/sh\nalone=\n{% run %}\n", Small, "own.sh")).Code);
        var error = Assert.Throws<DftFlowException>(() => JobScript.Render("#!/bin/sh\njob_id=1 alone=\n{% run %}\n", Small with { Walltime = TimeSpan.FromHours(1) }, "own.sh"));
        Assert.Equal(("DF4204", "own.sh"), (error.Code, error.File));
    }

    [Theory]
    [InlineData("echo '{{ name }}'\n{% run %}", "DF4203", 1)]
    [InlineData("x=\"{{ directory }}\"\n{% run %}", "DF4203", 1)]
    [InlineData("x=`ls {{ directory }}`\n{% run %}", "DF4203", 1)]
    [InlineData("x='\n{{ directory }}'\n{% run %}", "DF4203", 2)]
    [InlineData("# {{ directory }}\n{% run %}", "DF4203", 1)]
    [InlineData("true # {{ directory }}\n{% run %}", "DF4203", 1)]
    [InlineData("{% run %}\n#{% if queue %}{{ queue }}{% endif %}", "DF4203", 2)]
    [InlineData("#SBATCH -J {{ directory | raw }}\n{% run %}", "DF4203", 1)]
    [InlineData("{{ directory | raw }}\njob_id=1\n{% run %}", "DF4203", null)]
    [InlineData("{% for word in command %}{{ word | raw }}{% endfor %}job_id=1\n{% run %}", "DF4203", null)]
    [InlineData("{% capture x %}{{ name }}{% endcapture %}{% run %}", "DF4201", 1)]
    [InlineData("{% echo name %}{% run %}", "DF4201", 1)]
    [InlineData("{% include 'x' %}{% run %}", "DF4201", 1)]
    [InlineData("{{ name | escape }}job_id=1\n{% run %}", "DF4201", null)]
    [InlineData("{{ nmae }}job_id=1\n{% run %}", "DF4201", null)]
    [InlineData("{{\nname }}{% run %}", "DF4201", 1)]
    [InlineData("{% if name %}{% run %}", "DF4201", null)]
    [InlineData("{% for i in (1..100000000) %}{% endfor %}{% run %}", "DF4201", 1)]
    [InlineData("cat <<EOF\n{{ directory }}\nEOF\n{% run %}", "DF4203", 2)]
    [InlineData("cat <<-'EOF' >x\nit's\n\t{{ directory }}\n\tEOF\n{% run %}", "DF4203", 3)]
    [InlineData("cat <<EOF\n# {{ name | option }}\nEOF\n{% run %}", "DF4203", 2)]
    [InlineData("x=${{ directory }}\n{% run %}", "DF4203", 1)]
    [InlineData("cd {{ directory | option }}\n{% run %}", "DF4203", 1)]
    [InlineData("module load {{ queue | directive }}\n{% run %}", "DF4203", 1)]
    [InlineData("echo \"{{ directory | option }}\"\n{% run %}", "DF4203", 1)]
    public void Refuses_an_unsafe_or_broken_template(string template, string code, int? line)
    {
        var error = Assert.Throws<DftFlowException>(() => JobScript.Render(template, Small, "own.sh"));
        Assert.Equal((code, "own.sh"), (error.Code, error.File));
        if (line is not null) Assert.Equal(line, error.Line);
    }

    [Fact]
    public void Takes_a_template_with_texts_and_shifts_of_its_own()
    {
        var script = JobScript.Render("#!/bin/sh\ncat <<EOF # it's\nit's \"$HOME\" # fixed\nEOF\nn=$((1 << 2)) # <<EOF\ncd {{ directory }}; sleep {{ ranks | times: 2 }}\njob_id=1 alone=\n{% run %}\n", Small with { Directory = "/a b" }, "own.sh");
        Assert.Contains("cd '/a b'; sleep 2\n", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x\n#$ -q other"), InlineData("x\n#BSUB -q other"), InlineData("x\r#$ -o /etc/x"), InlineData("\n#PBS -q other")]
    public void Refuses_a_value_with_a_line_that_a_batch_system_takes_for_a_directive(string value)
    {
        // Grid Engine reads directives from all of a script, also from between quotes.
        Refuses("DF4202", Small with { Environment = Small.Environment.Add("NOTE", value) }, "sge");
        Refuses("DF4202", Small with { Command = ["echo", value] }, "lsf");
        Refuses("DF4202", Small with { Directory = "/scratch/" + value }, "sge");
    }

    [Fact]
    public void Takes_the_users_own_template_before_the_shipped_one()
    {
        using var shell = new Shell();
        var folder = shell.Stage("jobs", "slurm.sh", "#!/bin/sh\n# mine\njob_id=1 alone=\n{% run %}\n");
        Assert.Contains("# mine", JobTemplates.Find("slurm", userFolder: folder).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("# mine", JobTemplates.Find("sge", userFolder: folder).Text, StringComparison.Ordinal);
        Assert.Contains("# mine", JobTemplates.Find("sge", named: Path.Combine(folder, "slurm.sh"), userFolder: folder).Text, StringComparison.Ordinal);
        Assert.Equal("DF4205", Assert.Throws<DftFlowException>(() => JobTemplates.Find("sge", named: Path.Combine(folder, "none.sh"))).Code);
    }

    private static void Refuses(string code, JobRequest request, string scheduler = "slurm")
    {
        var error = Assert.Throws<DftFlowException>(() => JobScript.Render(JobTemplates.Find(scheduler, userFolder: "/nowhere").Text, request));
        Assert.Equal(code, error.Code);
        Assert.DoesNotContain('\n', error.Message);
    }
}
