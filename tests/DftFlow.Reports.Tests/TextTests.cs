using DftFlow.Reports;

namespace DftFlow.Tests.Reports;

public class TextTests
{
    [Theory]
    [InlineData("Li2MnO3", "Li[2]MnO[3]")]
    [InlineData("Li2.6In0.8Ta0.2Cl6 | LiF", "Li[2.6]In[0.8]Ta[0.2]Cl[6] | LiF")]
    [InlineData("0.25 Li3InCl6 + 0.75 LiMnO2 -> 1.5 LiCl", "0.25 Li[3]InCl[6] + 0.75 LiMnO[2] → 1.5 LiCl")]
    [InlineData("Ca(OH)2.", "Ca(OH)[2].")]
    [InlineData("LiTi2(PO4)3, of 3 O2p states", "LiTi[2](PO[4])[3], of 3 O2p states")]
    [InlineData("model coated2, DF3107, run R2-D2, H2_a", "model coated2, DF3107, run R2-D2, H2_a")]
    [InlineData("", "")]
    public void Lowers_the_amounts_of_formulas_and_of_nothing_else(string text, string shown) =>
        Assert.Equal(shown, string.Concat(RichText.Formulas(text).Runs.Select(run => run.Script == Script.Sub ? $"[{run.Text}]" : run.Text)));

    [Theory]
    [InlineData(-3.21449, "eV", "−3.214")]
    [InlineData(-0.0002, "eV", "0.000")]
    [InlineData(-0.01961, "eV/atom", "−0.0196")]
    [InlineData(12.0, "1", "12")]
    [InlineData(0.5, "1", "0.5000")]
    [InlineData(1234567.891, "V", "1.23457E+06")]
    [InlineData(double.NaN, "eV", "–")]
    [InlineData(null, "eV", "–")]
    public void Shows_numbers_with_the_digits_that_matter(double? value, string unit, string shown) => Assert.Equal(shown, Numbers.Show(value, unit));

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(59.7, "1 min 0 s")]
    [InlineData(3661, "1 h 1 min")]
    [InlineData(143, "2 min 23 s")]
    public void Shows_times_as_people_tell_them(double seconds, string shown) => Assert.Equal(shown, Numbers.Elapsed(seconds));

    [Fact]
    public void Encodes_whatever_is_put_into_markup() =>
        Assert.Equal("<a title=\"&quot;&gt;&lt;script&gt;&#x27;&amp;\">é → Å</a>", Html.Of($"<a title=\"{"\"><script>'&"}\">{"é → Å"}</a>").Markup);

    [Theory]
    [InlineData("../../etc/passwd", "etc-passwd")]
    [InlineData("/abs\\olute", "abs-olute")]
    [InlineData("..", "figure")]
    [InlineData("a\0b\nc", "a-b-c")]
    [InlineData("interface.Li2MnO3-LiF", "interface.Li2MnO3-LiF")]
    public void Makes_safe_names_for_files(string hint, string name) => Assert.Equal(name, new FileNames().Unique(hint));

    [Fact]
    public void Gives_no_name_twice_whatever_the_case()
    {
        var names = new FileNames();
        Assert.Equal(["Band", "band-2", "band-3"], (string[])[names.Unique("Band"), names.Unique("band"), names.Unique("band")]);
        Assert.InRange(names.Unique(new string('x', 10_000)).Length, 1, 100);
    }

    [Theory]
    [InlineData(0.25, "0.25")]
    [InlineData(-1500, "−1500")]
    [InlineData(1e-20, "0")]
    [InlineData(-2e-7, "−2e−7")]
    [InlineData(5e120, "5e120")]
    public void Labels_of_axes_are_short(double value, string shown) => Assert.Equal(shown, Numbers.Tick(value));
}
