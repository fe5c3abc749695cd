using DftFlow.Crystals;
using DftFlow.Crystals.Cells;

namespace DftFlow.Tests.Crystals;

public class SortingTests
{
    private static readonly Element Li = Element.Parse("Li"), Mn = Element.Parse("Mn"), O = Element.Parse("O");

    private static readonly Structure Mixed = new(new Lattice(new(3, 0, 0), new(0, 3, 0), new(1, 1, 10)),
    [
        new(O, new(0, 0, 0.7)), new(Mn, new(0, 0, 0.2)), new(O, new(0, 0, 0.1)), new(Li, new(0, 0, 0.5)), new(Mn, new(0.5, 0, -1e-9)), new(O, new(0.5, 0.5, 0.1 + 1e-7)),
    ]);

    [Fact]
    public void Elements_come_by_first_appearance_or_as_told()
    {
        Assert.Equal("O O O Mn Mn Li", Order(Sorting.ByElement(Mixed)));
        Assert.Equal("Li Mn Mn O O O", Order(Sorting.ByElement(Mixed, [Li, Mn, O])));
        Assert.Equal("Li Mn Mn O O O", Order(Sorting.ByElectronegativity(Mixed)));
    }

    [Fact]
    public void Sites_of_one_element_keep_their_order() =>
        Assert.Equal([0.7, 0.1, 0.1 + 1e-7], Sorting.ByElement(Mixed, [Li, Mn, O]).Sites.Skip(3).Select(site => site.Fractional.Z));

    [Fact]
    public void Heights_run_from_the_bottom_and_ties_keep_their_order()
    {
        var sorted = Sorting.ByHeight(Mixed);
        Assert.Equal("Mn O O Mn Li O", Order(sorted));
        Assert.Equal(0, sorted.Sites[1].Fractional.X);
        Assert.Equal("O O O Mn Mn Li", Order(Sorting.ByElement(sorted, [O, Mn, Li])));
        Assert.Equal([0.1, 0.1 + 1e-7, 0.7], Sorting.ByElement(sorted, [O, Mn, Li]).Sites.Take(3).Select(site => site.Fractional.Z));
    }

    [Fact]
    public void An_order_that_lacks_an_element_is_refused()
    {
        Assert.Contains("does not say where O comes", Assert.Throws<DftFlowException>(() => Sorting.ByElement(Mixed, [Li, Mn])).Message, StringComparison.Ordinal);
        Assert.Equal("DF1286", Assert.Throws<DftFlowException>(() => Sorting.ByElement(Mixed, [Li, Mn, Li, O])).Code);
    }

    private static string Order(Structure structure) => string.Join(' ', structure.Sites.Select(site => site.Element));
}
