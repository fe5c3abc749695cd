namespace DftFlow.Reports.Figures;

/// <summary>Lines of equal value on a grid of points (marching squares: straight within each square), joined from square to square.</summary>
internal static class ContourLines
{
    /// <param name="value">Of a column and a row.</param>
    /// <returns>Lines in columns and rows; a closed one ends where it begins.</returns>
    public static List<List<(float X, float Y)>> Of(int columns, int rows, Func<int, int, double> value, double level)
    {
        // A line crosses the edge to the right of a point (even numbers) or the one above it (odd).
        var links = new Dictionary<int, (int First, int Second)>();
        for (var j = 0; j + 1 < rows; j++)
            for (var i = 0; i + 1 < columns; i++)
            {
                bool a = value(i, j) >= level, b = value(i + 1, j) >= level, c = value(i + 1, j + 1) >= level, d = value(i, j + 1) >= level;
                int bottom = 2 * (j * columns + i), left = bottom + 1, top = bottom + 2 * columns, right = bottom + 3;
                switch ((a, b, c, d))
                {
                    case (true, true, true, true) or (false, false, false, false): break;
                    case (true, false, true, false) or (false, true, false, true):
                        // A saddle: its middle decides which corners belong together.
                        var middle = (value(i, j) + value(i + 1, j) + value(i + 1, j + 1) + value(i, j + 1)) / 4 >= level;
                        if (middle == a) { Link(left, top); Link(bottom, right); }
                        else { Link(left, bottom); Link(top, right); }
                        break;
                    default:
                        if (a != b && b != c) Link(bottom, right);
                        else if (a != b && c != d) Link(bottom, top);
                        else if (a != b) Link(bottom, left);
                        else if (b != c && c != d) Link(right, top);
                        else if (b != c) Link(right, left);
                        else Link(top, left);
                        break;
                }
            }
        var lines = new List<List<(float, float)>>();
        // Lines that end at the border first, then closed ones.
        foreach (var start in links.Where(link => link.Value.Second < 0).Select(link => link.Key).Order().ToArray())
            if (links.ContainsKey(start)) lines.Add(Follow(start));
        while (links.Count > 0)
        {
            var start = links.Keys.First();
            var line = Follow(start);
            line.Add(line[0]);
            lines.Add(line);
        }
        return lines;

        void Link(int one, int other)
        {
            links[one] = links.TryGetValue(one, out var found) ? found with { Second = other } : (other, -1);
            links[other] = links.TryGetValue(other, out found) ? found with { Second = one } : (one, -1);
        }

        List<(float, float)> Follow(int edge)
        {
            var line = new List<(float, float)>();
            var next = edge;
            while (next >= 0 && links.Remove(next, out var link))
            {
                line.Add(Crossing(next));
                next = links.ContainsKey(link.First) ? link.First : link.Second;
            }
            return line;
        }

        (float, float) Crossing(int edge)
        {
            int point = edge / 2, i = point % columns, j = point / columns;
            var (x, y) = edge % 2 == 0 ? (1, 0) : (0, 1);
            var (low, high) = (value(i, j), value(i + x, j + y));
            var part = (float)((level - low) / (high - low));
            return (i + x * part, j + y * part);
        }
    }
}
