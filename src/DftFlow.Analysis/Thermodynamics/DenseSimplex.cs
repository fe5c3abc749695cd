namespace DftFlow.Analysis.Thermodynamics;

/// <summary>
/// A linear program of few rows and many columns: minimise Σ cost_j λ_j where Σ λ_j column_j = amounts and λ ≥ 0. Begun from a
/// basis that is feasible; solved once more after a change of costs it goes on from where it was.
/// </summary>
/// <remarks>
/// The revised simplex method with the inverse of the basis at hand (Dantzig, Linear Programming and Extensions, 1963). Where steps
/// have no length, columns are chosen after Bland, Math. Oper. Res. 2, 103 (1977), which never comes back to a basis.
/// </remarks>
internal sealed class DenseSimplex
{
    // A column enters that would gain more than this for each unit of it, relative to the largest cost.
    private const double LeastGain = 1e-11;

    // A step below this has no length, and an entry of a column below it is nothing to divide by.
    private const double Nothing = 1e-12;
    private const double LeastPivot = 1e-9;
    private const int StepsWithoutLength = 20;

    private readonly int rows;
    private readonly double[] columns;
    private readonly double[] costs;
    private readonly double[] amounts;
    private readonly int[] basis;
    private readonly double[] values;
    private readonly double[] inverse;
    private readonly double[] prices;
    private readonly double[] direction;

    /// <param name="rows">How many equations there are.</param>
    /// <param name="columns">One after the other, each of as many numbers as there are rows.</param>
    /// <param name="costs">Of each column; may be changed between solutions.</param>
    public DenseSimplex(int rows, double[] columns, double[] costs)
    {
        (this.rows, this.columns, this.costs) = (rows, columns, costs);
        (amounts, basis, values) = (new double[rows], new int[rows], new double[rows]);
        (inverse, prices, direction) = (new double[rows * rows], new double[rows], new double[rows]);
    }

    /// <summary>The columns that may have an amount above zero.</summary>
    public ReadOnlySpan<int> Basis => basis;

    /// <summary>The amounts of the columns of the basis.</summary>
    public ReadOnlySpan<double> Values => values;

    /// <summary>What one unit more of each row would cost.</summary>
    public ReadOnlySpan<double> Prices => prices;

    /// <summary>Begins at a basis with which no amount is below zero.</summary>
    public void Begin(ReadOnlySpan<int> feasibleBasis, ReadOnlySpan<double> required)
    {
        feasibleBasis.CopyTo(basis);
        required.CopyTo(amounts);
        Refactor();
    }

    /// <summary>Whether there is a least cost, which is then reached; there is none where cost can be lowered without end, or round-off hides it.</summary>
    public bool Minimise()
    {
        var scale = 1.0;
        foreach (var cost in costs) scale = Math.Max(scale, Math.Abs(cost));
        var (gain, still, last) = (LeastGain * scale, 0, 50 * (costs.Length + rows));
        for (var fresh = true; last > 0; last--)
        {
            var entering = Entering(gain, first: still > StepsWithoutLength);
            if (entering < 0)
            {
                // The inverse has gathered round-off on the way: what it says in the end is said by a new one.
                if (fresh) return true;
                Refactor();
                fresh = true;
                continue;
            }
            fresh = false;
            Direct(entering);
            var leaving = Leaving(byIndex: still > StepsWithoutLength);
            if (leaving < 0) return false;
            still = values[leaving] / direction[leaving] > Nothing ? 0 : still + 1;
            Pivot(entering, leaving);
        }
        return false;
    }

    private int Entering(double gain, bool first)
    {
        Price();
        var (best, entering) = (-gain, -1);
        for (int j = 0, at = 0; j < costs.Length; j++, at += rows)
        {
            var reduced = costs[j];
            for (var i = 0; i < rows; i++) reduced -= prices[i] * columns[at + i];
            if (reduced >= best) continue;
            (best, entering) = (reduced, j);
            if (first) break;
        }
        return entering;
    }

    private void Price()
    {
        Array.Clear(prices);
        for (var i = 0; i < rows; i++)
        {
            var cost = costs[basis[i]];
            if (cost == 0) continue;
            for (var k = 0; k < rows; k++) prices[k] += cost * inverse[i * rows + k];
        }
    }

    private void Direct(int entering)
    {
        var column = columns.AsSpan(entering * rows, rows);
        for (var i = 0; i < rows; i++)
        {
            var sum = 0.0;
            for (var k = 0; k < rows; k++) sum += inverse[i * rows + k] * column[k];
            direction[i] = sum;
        }
    }

    /// <summary>The row whose amount is the first to vanish; of those that vanish together the one of the largest divisor, or of the first column.</summary>
    private int Leaving(bool byIndex)
    {
        var (least, leaving) = (double.PositiveInfinity, -1);
        for (var i = 0; i < rows; i++)
        {
            if (direction[i] <= LeastPivot) continue;
            var ratio = Math.Max(0, values[i]) / direction[i];
            if (ratio > least + Nothing) continue;
            if (ratio < least - Nothing || (byIndex ? basis[i] < basis[leaving] : direction[i] > direction[leaving])) leaving = i;
            least = Math.Min(least, ratio);
        }
        return leaving;
    }

    private void Pivot(int entering, int leaving)
    {
        basis[leaving] = entering;
        var pivot = direction[leaving];
        values[leaving] = Math.Max(0, values[leaving]) / pivot;
        for (var k = 0; k < rows; k++) inverse[leaving * rows + k] /= pivot;
        for (var i = 0; i < rows; i++)
        {
            var factor = direction[i];
            if (i == leaving || factor == 0) continue;
            values[i] -= factor * values[leaving];
            for (var k = 0; k < rows; k++) inverse[i * rows + k] -= factor * inverse[leaving * rows + k];
        }
    }

    /// <summary>The inverse of the basis after Gauss and Jordan with row exchanges, and the amounts from it.</summary>
    private void Refactor()
    {
        var matrix = new double[rows * rows];
        Array.Clear(inverse);
        for (var i = 0; i < rows; i++)
        {
            for (var k = 0; k < rows; k++) matrix[k * rows + i] = columns[basis[i] * rows + k];
            inverse[i * rows + i] = 1;
        }
        for (var i = 0; i < rows; i++)
        {
            var pivot = i;
            for (var k = i + 1; k < rows; k++)
                if (Math.Abs(matrix[k * rows + i]) > Math.Abs(matrix[pivot * rows + i])) pivot = k;
            for (var k = 0; k < rows && pivot != i; k++)
            {
                (matrix[i * rows + k], matrix[pivot * rows + k]) = (matrix[pivot * rows + k], matrix[i * rows + k]);
                (inverse[i * rows + k], inverse[pivot * rows + k]) = (inverse[pivot * rows + k], inverse[i * rows + k]);
            }
            var divisor = matrix[i * rows + i];
            for (var k = 0; k < rows; k++) (matrix[i * rows + k], inverse[i * rows + k]) = (matrix[i * rows + k] / divisor, inverse[i * rows + k] / divisor);
            for (var r = 0; r < rows; r++)
            {
                var factor = matrix[r * rows + i];
                if (r == i || factor == 0) continue;
                for (var k = 0; k < rows; k++)
                {
                    matrix[r * rows + k] -= factor * matrix[i * rows + k];
                    inverse[r * rows + k] -= factor * inverse[i * rows + k];
                }
            }
        }
        for (var i = 0; i < rows; i++)
        {
            var sum = 0.0;
            for (var k = 0; k < rows; k++) sum += inverse[i * rows + k] * amounts[k];
            values[i] = sum;
        }
    }
}
