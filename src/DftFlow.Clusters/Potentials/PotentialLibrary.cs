using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using DftFlow.Clusters.Files;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Potentials;

/// <summary>
/// The POTCAR library of a cluster. Its licence keeps the potentials where they are: POTCAR is put together there, in the job's
/// folder, and only fields of the headers and hashes come here.
/// </summary>
/// <param name="path">
/// The library's folder (<see cref="EngineConfig.Potentials"/>), with a folder for each potential, or the folder of several such
/// libraries where only one of them has the potential.
/// </param>
/// <param name="setup">Lines of shell that come first, and print nothing: they may set the variable that the path begins with.</param>
public sealed class PotentialLibrary(RemoteShell shell, RemoteTools tools, string path, string setup = "")
{
    /// <summary>The largest potential that is read, unpacked; real ones have less than a hundredth of it.</summary>
    internal const long MostBytes = 64 << 20;

    // The exit statuses that the scripts use for what has an error of its own.
    private const int NoLibrary = 72;
    private const int Changed = 75;

    private readonly string library = RemotePath.ToShell(path);

    /// <summary>Looks at potentials before anything is submitted: all of them in one command.</summary>
    /// <param name="names">As POTCAR.spec has them, of one calculation or of many.</param>
    /// <exception cref="DftFlowException">DF4501: the library cannot be used; DF4509; or one of <see cref="ConnectionFailures"/>.</exception>
    public async Task<PotentialCheck> CheckAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var asked = names.Distinct(StringComparer.Ordinal).ToImmutableArray();
        var reading = new PotentialReply([.. asked.Where(name => LibraryPotential.ElementOf(name) is not null)], path, shell.Destination, hashed: tools.Sha256 is not null);
        var looks = reading.Names.Select((name, i) => Invariant($"look {i} {Sh.Quote(name)} {LibraryPotential.ElementOf(name)}"));
        var reply = await shell.RunAsync(new RemoteScript($"{Common}\n{Look}\n{string.Join('\n', looks)}\n:")
        {
            What = "looking at the POTCAR library",
            Silence = TimeSpan.FromSeconds(60 + 2 * asked.Length),
        }, cancellationToken);
        if (reply.ExitStatus != 0)
            throw new DftFlowException("DF4501", $"The POTCAR library {path} on {shell.Destination} cannot be used.{(reply.Said.Length == 0 ? "" : $" It said:\n{reply.Said}")}",
                "See that 'potentials' of the engine in the cluster's configuration is the library's folder, and that the account may read it.");
        return reading.Read(reply.Output, [.. asked.Where(name => LibraryPotential.ElementOf(name) is null).Select(NoName)]);
    }

    /// <summary>
    /// Puts potentials together as POTCAR in a job's folder, over one that is there, readable by the account alone. It gets its
    /// name when it is whole, and when each potential is still the one that was checked.
    /// </summary>
    /// <param name="potentials">In the order of POSCAR's elements: <see cref="PotentialCheck.InOrder"/>.</param>
    /// <param name="folder">Of the job, on the cluster.</param>
    /// <exception cref="DftFlowException">
    /// DF4506: of several functionals; DF4508: not what was checked; DF4301 to DF4305; DF4509; or one of <see cref="ConnectionFailures"/>.
    /// </exception>
    public async Task<AssembledPotcar> AssembleAsync(IReadOnlyList<LibraryPotential> potentials, string folder, CancellationToken cancellationToken)
    {
        if (potentials.Count == 0) throw new ArgumentException("A POTCAR has one potential at least.", nameof(potentials));
        if (potentials.FirstOrDefault(one => !LibraryPotential.IsPlace(one.Place, one.Name)) is { } stray) throw new ArgumentException($"'{stray.Place}' is no potential's file.", nameof(potentials));
        if (PotentialReply.Mixed(potentials) is { } mixed) throw new DftFlowException(mixed.Code, mixed.Message, mixed.Hint);
        var adds = potentials.Select((one, i) => Invariant($"add {i} {Sh.Quote(one.Place)} {one.SizeBytes} {(tools.Sha256 is null ? "''" : Sh.Quote(one.Sha256 ?? ""))}"));
        var script =
            $$"""
            {{Common}}
            cd -- {{RemotePath.ToShell(folder)}} || exit
            if [ -d POTCAR ]; then echo 'POTCAR is a folder: Operation not permitted' >&2; exit 1; fi
            t=.POTCAR.{{RandomNumberGenerator.GetHexString(12, lowercase: true)}}
            trap 'rm -f -- "$t"' EXIT
            trap 'exit 129' HUP INT TERM
            : >"$t" || exit
            {{Add}}
            {{string.Join('\n', adds)}}
            say all size "$(($(wc -c <"$t")))"
            say all sha256 "$(sha <"$t")"
            mv -f -- "$t" POTCAR
            """;
        var reply = await shell.RunAsync(new RemoteScript(script) { What = $"putting POTCAR together in {folder}", Silence = TimeSpan.FromSeconds(60 + 2 * potentials.Count) }, cancellationToken);
        if (reply.ExitStatus == Changed)
        {
            var which = PotentialReply.ChangedIn(reply.Output) is { } i && i < potentials.Count ? $"{potentials[i].Place} in " : "";
            throw new DftFlowException("DF4508", $"{which}{path} on {shell.Destination} is not what it was when it was checked.{(reply.Error.Trim() is { Length: > 0 } said ? $" It said:\n{said}" : "")}",
                "Somebody changes the library, or its file system has a fault. Check the potentials again; calculations with the old ones are not comparable where a potential is another.");
        }
        if (reply.ExitStatus != 0) throw TransferFailures.Of(reply, $"putting POTCAR together in {folder}", shell.Destination);
        var (size, sha256) = PotentialReply.Whole(reply.Output, tools.Sha256 is not null, shell.Destination);
        return new AssembledPotcar([.. potentials], size, sha256);
    }

    private static Finding NoName(string name) => new("DF4507", Severity.Error,
        $"'{(name.Length > 40 ? name[..40] + "…" : name)}' is not the name of a potential.", "Names look like Mn, Mn_pv or H.5: an element, then its variant, as the library's folders are called.");

    private string Common =>
        $$"""
        {{setup}}
        LC_ALL=C; export LC_ALL
        umask 077
        lib={{library}}
        say() { printf '%s\t%s\t%s\n' "$1" "$2" "$3"; }
        sha() { {{tools.Sha256 ?? "cat >/dev/null"}}; }
        unpack() {
            case $1 in
                *.gz | *.Z) gzip -dc <"$1" ;;
                *.bz2) bzip2 -dc <"$1" ;;
                *) cat <"$1" ;;
            esac
        }
        """;

    // What a header's line may bring back is bounded in awk, so that nothing else of a potential is ever printed.
    private static readonly string Look = Invariant(
        $$"""
        ls -d -- "$lib/." >/dev/null || exit {{NoLibrary}}
        if ! [ -r "$lib" ]; then echo 'The account may not list it: Permission denied' >&2; exit {{NoLibrary}}; fi
        first() {
            for file in "$1/POTCAR" "$1/POTCAR.gz" "$1/POTCAR.Z" "$1/POTCAR.bz2"; do
                if [ -f "$file" ]; then return 0; fi
            done
            return 1
        }
        place() {
            if first "$2"; then
                at=$file many=$((many + 1))
                say "$1" place "${file#"$lib"/}"
            elif [ -d "$2" ] && ! [ -x "$2" ]; then
                say "$1" closed "${2#"$lib"/}"
            fi
        }
        there() {
            for d in "$lib/$2" "$lib/$2"[!a-z]* "$lib"/*/"$2" "$lib"/*/"$2"[!a-z]*; do
                if first "$d"; then say "$1" there "${d#"$lib"/}"; fi
            done | head -n {{PotentialReply.MostThere}}
        }
        read_head() {
            awk -v i="$1" '
                { sub(/\r$/, "") }
                /[^ \t]/ { last = $0 }
                /End of Dataset/ { ends++ }
                NR <= 5 && /parameters from PSCTR/ { begun = 1 }
                /END of PSCTR/ { ended = 1 }
                begun && !ended {
                    n = split($0, part, ";")
                    for (k = 1; k <= n; k++) {
                        e = index(part[k], "=")
                        key = substr(part[k], 1, e - 1)
                        gsub(/[ \t]/, "", key)
                        if (key ~ /^(TITEL|VRHFIN|LEXCH|ZVAL|ENMAX|ENMIN)$/ && !(key in had)) {
                            had[key] = 1
                            value = substr(part[k], e + 1, {{PotentialReply.LongestField}})
                            gsub(/[^ -~]/, " ", value)
                            printf "%s\t%s\t%s\n", i, key, value
                        }
                    }
                }
                END { if (!begun || !ended || ends != 1 || last !~ /End of Dataset/) printf "%s\tdamaged\tform\n", i }'
        }
        facts() {
            if ! [ -r "$2" ]; then say "$1" closed "${2#"$lib"/}"; return; fi
            { { unpack "$2" 2>/dev/null || say "$1" damaged unpack >&3; } | head -c {{MostBytes}} | read_head "$1"; } 3>&1
            say "$1" size "$(($(unpack "$2" 2>/dev/null | head -c {{MostBytes}} | wc -c)))"
            say "$1" sha256 "$(unpack "$2" 2>/dev/null | head -c {{MostBytes}} | sha)"
        }
        look() {
            at='' many=0
            place "$1" "$lib/$2"
            if [ "$many" -eq 0 ]; then
                for d in "$lib"/*/"$2"; do place "$1" "$d"; done
            fi
            case $many in
                0) there "$1" "$3" ;;
                1) facts "$1" "$at" ;;
            esac
        }
        """);

    // A line without an end would run into the next potential's first.
    private static readonly string Add = Invariant(
        $$"""
        add() {
            if [ -n "$(tail -c 1 "$t")" ]; then echo >>"$t" || exit; fi
            was=$(($(wc -c <"$t")))
            unpack "$lib/$2" | head -c "$(($3 + 1))" >>"$t" || exit
            same=$(($(wc -c <"$t") - was))
            if [ "$same" -eq "$3" ] && [ -n "$4" ]; then
                case $(tail -c "$3" "$t" | sha) in
                    "$4"*) ;;
                    *) same= ;;
                esac
            fi
            if [ "$same" != "$3" ]; then say "$1" changed ''; exit {{Changed}}; fi
        }
        """);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
