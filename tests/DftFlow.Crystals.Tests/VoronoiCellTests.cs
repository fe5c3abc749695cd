using CsCheck;
using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

public sealed class VoronoiCellTests
{
    [Fact]
    public void A_cube_has_six_faces()
    {
        var faces = VoronoiCell.FacesOf(Lattice.FromParameters(2, 2, 2, 90, 90, 90));
        Assert.Equal(6, faces.Length);
        Assert.All(faces, face => Assert.Equal((4.0, 2.0), (Math.Round(face.AreaA2, 12), Math.Round(face.DistanceA, 12))));
    }

    [Theory]
    [InlineData(12, 0, 1, 1, 1, 0, 1, 1, 1, 0)]
    [InlineData(14, -1, 1, 1, 1, -1, 1, 1, 1, -1)]
    public void Face_centred_has_twelve_and_body_centred_fourteen(int count, double ax, double ay, double az, double bx, double by, double bz, double cx, double cy, double cz) =>
        Assert.Equal(count, VoronoiCell.FacesOf(new Lattice(new(ax, ay, az), new(bx, by, bz), new(cx, cy, cz))).Length);

    [Fact]
    public void Faces_enclose_the_volume_of_the_cell_and_lie_opposite_in_pairs() =>
        (from lengths in Gen.Double[1, 9].Array[3] from angles in Gen.Double[60, 100].Array[3] select (lengths, angles)).Sample(cell =>
        {
            var lattice = Lattice.FromParameters(cell.lengths[0], cell.lengths[1], cell.lengths[2], cell.angles[0], cell.angles[1], cell.angles[2]);
            var faces = VoronoiCell.FacesOf(lattice);
            Assert.InRange(faces.Length, 6, 14);
            // Pyramids from the centre to the faces, half way to the neighbours.
            Assert.Equal(1, faces.Sum(face => face.AreaA2 * face.DistanceA / 6) / lattice.Volume, 9);
            for (var i = 0; i < faces.Length; i++)
                Assert.Equal(faces[i] with { X = -faces[i].X, Y = -faces[i].Y, Z = -faces[i].Z }, faces[^(i + 1)]);
        }, iter: Effort.Iterations(300));
}
