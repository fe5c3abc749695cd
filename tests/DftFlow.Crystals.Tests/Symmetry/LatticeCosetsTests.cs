using CsCheck;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Tests.Crystals;

public class LatticeCosetsTests
{
    [Fact]
    public void Each_class_has_one_number_which_vectors_of_the_sublattice_do_not_change() =>
        Gen.Select(Gen.Long[-5, 5].Array[9], Gen.Long[-30, 30].Array[3], Gen.Long[-4, 4].Array[3]).Sample((n, v, times) =>
        {
            long[][] rows = [n[..3], n[3..6], n[6..]];
            var cosets = new LatticeCosets(rows.Select(row => row.ToArray()));
            var volume = n[0] * (n[4] * n[8] - n[5] * n[7]) - n[1] * (n[3] * n[8] - n[5] * n[6]) + n[2] * (n[3] * n[7] - n[4] * n[6]);
            Assert.Equal(Math.Abs(volume), cosets.Count);
            if (volume == 0) return;
            Assert.Equal(Enumerable.Range(0, (int)cosets.Count).Select(i => (long)i), cosets.Representatives().Select(r => cosets.Number(r.X, r.Y, r.Z)));
            long Moved(int axis) => v[axis] + times[0] * rows[0][axis] + times[1] * rows[1][axis] + times[2] * rows[2][axis];
            Assert.Equal(cosets.Number(v[0], v[1], v[2]), cosets.Number(Moved(0), Moved(1), Moved(2)));
        });
}
