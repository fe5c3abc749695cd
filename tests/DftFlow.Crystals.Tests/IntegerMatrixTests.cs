using CsCheck;
using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

public class IntegerMatrixTests
{
    private static readonly Gen<IntegerMatrix> Any =
        Gen.Int[-9, 9].Array[9].Select(n => new IntegerMatrix(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]));

    [Fact]
    public void A_matrix_times_its_adjugate_is_its_determinant() =>
        Any.Sample(m => Assert.Equal(IntegerMatrix.Identity * (int)m.Determinant, m * m.Adjugate));

    [Fact]
    public void Determinants_multiply_and_transposing_keeps_them() =>
        Gen.Select(Any, Any).Sample((left, right) =>
        {
            Assert.Equal(left.Determinant * right.Determinant, (left * right).Determinant);
            Assert.Equal(left.Determinant, left.Transposed.Determinant);
        });

    [Fact]
    public void A_product_applies_the_right_matrix_first()
    {
        IntegerMatrix quarterTurn = new(0, -1, 0, 1, 0, 0, 0, 0, 1), stretch = new(2, 0, 0, 0, 1, 0, 0, 0, 1);
        Assert.Equal(new Vector3D(0, 2, 0), (quarterTurn * stretch).Apply(new(1, 0, 0)));
        Assert.Equal(quarterTurn.Transposed, quarterTurn.Inverse);
    }

    [Fact]
    public void Only_determinants_of_one_have_inverses_of_whole_numbers() =>
        Assert.Throws<InvalidOperationException>(() => (IntegerMatrix.Identity * 2).Inverse);

    [Fact]
    public void Numbers_that_do_not_fit_are_errors_and_not_wrong()
    {
        Assert.Throws<OverflowException>(() => IntegerMatrix.Identity * int.MaxValue * 2);
        Assert.Throws<OverflowException>(() => IntegerMatrix.FromColumns(new(1e20, 0, 0), default, default));
    }
}
