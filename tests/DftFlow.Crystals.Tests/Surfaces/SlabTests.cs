using DftFlow.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Surfaces;

public class SlabTests
{
    [Fact]
    public void Probe()
    {
        foreach (var (name, crystal) in SurfaceCrystals.All)
            foreach (var plane in SurfaceCrystals.PlanesOf(name))
            {
                var surface = CrystalSurface.Of(crystal, plane);
                TestContext.Current.SendDiagnosticMessage(FormattableString.Invariant($"{name} {plane} area {surface.Cell.AreaA2:0.00} d {surface.Cell.SpacingA:0.000} N {surface.LayersPerRepeat} g {surface.LayersPerPeriod} distinct {surface.DistinctSlabs} rev {surface.IsReversible} : {string.Join(" ", surface.Terminations.Select(t => $"{t.Id}[{t.BrokenBonds},{t.SymmetricLayers}]"))}"));
            }
    }
}
