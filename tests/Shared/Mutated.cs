using System.Diagnostics;

namespace DftFlow.Tests;

/// <summary>Damages good files in many small ways, to show that a reader answers with its own error and nothing else.</summary>
public static class Mutated
{
    private static readonly string[] Strange = ["-", "NaN", "1e999", "99999999999999999999", "\0", "é", "'", "\"", ";", "\n;", "\\", "=", "*", "9*", "_", "loop_", "?", "\r", "\t", "{", "(", "0", "-0.0", "\uFEFF", "T"];

    /// <summary>Reads mutations of the samples for about two seconds, or minutes in the long form; the seed of what fails stands in the message.</summary>
    public static void OnlyFailsWithItsOwnError(Action<string> read, params string[] samples)
    {
        var clock = Stopwatch.StartNew();
        for (var seed = 0; clock.Elapsed < Effort.Time(TimeSpan.FromSeconds(2)); seed++)
        {
            var random = new Random(seed);
            var text = samples[seed % samples.Length];
            for (var changes = random.Next(1, 6); changes > 0; changes--) text = Change(text, random);
            var before = clock.Elapsed;
            try
            {
                read(text);
            }
            catch (DftFlowException error)
            {
                Assert.Matches("^DF[0-9]{4}$", error.Code);
                Assert.NotEmpty(error.Message);
            }
            catch (Exception error)
            {
                Assert.Fail($"Seed {seed}: {error}\n{text}");
            }
            Assert.True(clock.Elapsed - before < TimeSpan.FromSeconds(20), $"Seed {seed} takes too long:\n{text}");
        }
    }

    private static string Change(string text, Random random)
    {
        var at = random.Next(text.Length + 1);
        var length = Math.Min(random.Next(1, 12), text.Length - at);
        return random.Next(6) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, text.Substring(at, length)),
            2 => text[..at],
            3 => text.Remove(at, length).Insert(at, Strange[random.Next(Strange.Length)]),
            4 => text.Insert(at, Strange[random.Next(Strange.Length)]),
            _ => SwappedLines(text, random),
        };
    }

    private static string SwappedLines(string text, Random random)
    {
        var lines = text.Split('\n');
        int i = random.Next(lines.Length), j = random.Next(lines.Length);
        (lines[i], lines[j]) = (lines[j], lines[i]);
        return string.Join('\n', lines);
    }
}
