using DftFlow.Crystals;
using DftFlow.Crystals.Interfaces;

namespace DftFlow.Tests.Crystals.Interfaces;

public class ContactsTests
{
    private static readonly Element Li = Element.Parse("Li"), Sc = Element.Parse("Sc"), O = Element.Parse("O"), F = Element.Parse("F"), Si = Element.Parse("Si"), Ge = Element.Parse("Ge"), Ni = Element.Parse("Ni"), Au = Element.Parse("Au");

    [Fact]
    public void Ions_of_other_sign_and_anions_touch_by_ionic_radii()
    {
        Assert.Equal(0.76 + 1.33, Contacts.LengthA(Li, F, ContactRadii.Ionic), 12);
        Assert.Equal(1.40 + 1.33, Contacts.LengthA(O, F, ContactRadii.Ionic), 12);
    }

    [Fact]
    public void Cations_stay_apart_by_covalent_radii() =>
        Assert.Equal(1.28 + 1.70, Contacts.LengthA(Li, Sc, ContactRadii.Ionic), 12);

    [Fact]
    public void Two_salts_are_ionic_and_anything_on_a_metal_or_a_semiconductor_is_covalent()
    {
        Assert.Equal(ContactRadii.Ionic, Contacts.Usual([Ni, O], [Li, F]));
        Assert.Equal(ContactRadii.Ionic, Contacts.Usual([Si, O], [Li, Sc, F]));
        Assert.Equal(ContactRadii.Covalent, Contacts.Usual([Si], [Ge]));
        Assert.Equal(ContactRadii.Covalent, Contacts.Usual([Au], [Li, F]));
    }

    [Fact]
    public void An_anion_and_a_cation_attract_each_other_most_where_their_radii_touch()
    {
        var energy = new PairEnergy(Li, O);
        var distances = Enumerable.Range(150, 400).Select(i => i / 100.0);
        Assert.Equal(0.76 + 1.40, distances.MinBy(d => energy.At(d * d)), 2);
        Assert.True(energy.At(2.16 * 2.16) < 0);
        Assert.Equal(0, energy.At(PairEnergy.ReachA * PairEnergy.ReachA), 9);
    }

    [Fact]
    public void Ions_of_one_sign_repel_each_other_at_every_distance()
    {
        foreach (var energy in new[] { new PairEnergy(O, F), new PairEnergy(Li, Sc) })
            for (var d = 1.0; d < 7.9; d += 0.1) Assert.True(energy.At(d * d) > energy.At((d + 0.1) * (d + 0.1)));
    }
}
