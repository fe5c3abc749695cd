namespace DftFlow;

/// <summary>Words in messages: what a mistyped one was meant to be, and how many there are of something.</summary>
public static class Spelling
{
    /// <summary>
    /// The candidate nearest to the word, or null where none is near: at most one typing error for words of up to five letters, two
    /// for up to nine, three beyond. Upper and lower case are the same; the first of equally near candidates is taken.
    /// </summary>
    public static string? Closest(string word, IEnumerable<string> candidates)
    {
        var limit = word.Length switch { <= 5 => 1, <= 9 => 2, _ => 3 };
        string? closest = null;
        var best = limit + 1;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - word.Length) >= best) continue;
            var distance = Distance(word, candidate);
            // A word that shares no letter's place with the other is no misspelling of it.
            if (distance >= best || distance >= Math.Max(word.Length, candidate.Length)) continue;
            (closest, best) = (candidate, distance);
        }
        return closest;
    }

    /// <summary>A number and what is counted: <c>1 layer</c>, <c>2 layers</c>.</summary>
    public static string Count(double number, string noun) => FormattableString.Invariant($"{number} {noun}{(number == 1 ? "" : "s")}");

    /// <summary>
    /// How many letters must be inserted, left out, replaced or swapped with their neighbour to turn one word into the other
    /// (optimal string alignment), without regard to case.
    /// </summary>
    public static int Distance(string left, string right)
    {
        int[] beforeLast = new int[right.Length + 1], last = new int[right.Length + 1], current = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) last[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = Letter(left, i) == Letter(right, j);
                current[j] = Math.Min(Math.Min(last[j], current[j - 1]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Letter(left, i) == Letter(right, j - 1) && Letter(left, i - 1) == Letter(right, j))
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last, current) = (last, current, beforeLast);
        }
        return last[right.Length];

        static char Letter(string word, int place) => char.ToLowerInvariant(word[place - 1]);
    }
}
