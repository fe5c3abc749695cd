using System.Text;
using System.Text.Json;
using DftFlow.Engine;
using DftFlow.Reports;

namespace DftFlow.Tests.Reports;

public class ResultsTests
{
    [Fact]
    public void Writes_the_document_that_other_programs_rely_on()
    {
        var value = Samples.Value(-3.25, labels: ("model", "bare")) with { Expected = -3.2, Tolerance = 0.1, Deviation = -3.25 - -3.2, Met = true, Source = "a paper" };
        var run = Samples.Run(Samples.Outcome("oxygen-band", "band-centre", null, value)) with { Report = "/runs/r1/report.html" };
        Assert.Equal("""
            {
              "run_id": "r1",
              "workflow": "quickstart",
              "title": "Lattice oxygen in Li2MnO3",
              "source": "doi:10.1007/s40820-026-02209-5",
              "description": null,
              "state": "completed",
              "directory": "/runs/r1",
              "started_at": "2026-03-04T10:20:00+00:00",
              "ended_at": "2026-03-04T10:22:23+00:00",
              "calculations": [
                {
                  "id": "electronic.bare",
                  "state": "completed",
                  "cached": true,
                  "cluster": "local",
                  "scheduler_job_id": null,
                  "attempts": 1,
                  "corrections": [],
                  "directory": "/results/ab12",
                  "fingerprint": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "formula": "Li2MnO3",
                  "final_energy_ev": -81.234567890123,
                  "elapsed_s": 61.5,
                  "program": "vasp 6.4.1",
                  "error": null
                }
              ],
              "analyses": {
                "oxygen-band": {
                  "kind": "band-centre",
                  "values": [
                    {
                      "labels": {
                        "model": "bare"
                      },
                      "quantity": "band_centre",
                      "value": -3.25,
                      "unit": "eV",
                      "expected": -3.2,
                      "tolerance": 0.1,
                      "deviation": -0.04999999999999982,
                      "met": true,
                      "source": "a paper",
                      "note": null
                    }
                  ],
                  "definition": "What oxygen-band is.",
                  "inputs": [],
                  "warnings": [],
                  "sensitivity": [],
                  "variations": [],
                  "files": [],
                  "error": null
                }
              },
              "report": "/runs/r1/report.html",
              "definition": "What the workflow asks for.",
              "inputs": [
                {
                  "file": "workflow.yaml",
                  "sha256": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
                }
              ],
              "warnings": []
            }
            """, Encoding.UTF8.GetString(RunResultJson.Serialize(run)));
    }

    [Fact]
    public void Writes_null_and_a_warning_for_what_is_no_finite_number()
    {
        var run = Samples.Run(Samples.Outcome("band", "band-centre", null, Samples.Value(double.NaN, labels: ("model", "bare")), Samples.Value(double.NegativeInfinity)));
        run = run with { Calculations = [run.Calculations[0] with { FinalEnergyEv = double.PositiveInfinity }] };
        using var document = JsonDocument.Parse(RunResultJson.Serialize(run));
        var analysis = document.RootElement.GetProperty("analyses").GetProperty("band");
        Assert.All(analysis.GetProperty("values").EnumerateArray(), value => Assert.Equal(JsonValueKind.Null, value.GetProperty("value").ValueKind));
        Assert.Equal(["band_centre (model bare) is not a finite number (NaN).", "band_centre is not a finite number (-infinity)."], analysis.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()));
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("calculations")[0].GetProperty("final_energy_ev").ValueKind);
        Assert.Equal("The energy of electronic.bare is not a finite number (infinity).", document.RootElement.GetProperty("warnings")[0].GetString());
    }

    [Theory]
    [InlineData(0.1 + 0.2)]
    [InlineData(-3.2500000000000004)]
    [InlineData(5e-324)]
    [InlineData(1.7976931348623157e308)]
    public void Writes_numbers_so_that_they_read_back_the_same(double number)
    {
        var run = Samples.Run(Samples.Outcome("band", "band-centre", null, Samples.Value(number)));
        using var document = JsonDocument.Parse(RunResultJson.Serialize(run));
        Assert.Equal(number, document.RootElement.GetProperty("analyses").GetProperty("band").GetProperty("values")[0].GetProperty("value").GetDouble());
        var cell = ResultsTable.Write(run).Split('\n')[1].Split(',')[3];
        Assert.Equal(number, double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Tables_have_a_column_for_each_axis_and_a_row_for_each_value()
    {
        var table = ResultsTable.Write(Samples.Run(
            Samples.Outcome("a", "band-centre", null, Samples.Value(-1.5, labels: [("model", "bare"), ("zero", "fermi")]) with { Met = false, Expected = -1, Deviation = -0.5, Tolerance = 0.1 }),
            Samples.Outcome("b", "interface-reaction", null, Samples.Value(null, "reaction_energy", "eV/atom", ("pair", "LiF | ScF3")))));
        Assert.Equal("""
            analysis,kind,model,pair,zero,quantity,value,unit,expected,tolerance,deviation,met,source,note
            a,band-centre,bare,,fermi,band_centre,-1.5,eV,-1,0.1,-0.5,false,,
            b,interface-reaction,,LiF | ScF3,,reaction_energy,,eV/atom,,,,,,

            """, table);
    }

    [Theory]
    [InlineData("one, two", "\"one, two\"")]
    [InlineData("say \"it\"", "\"say \"\"it\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=HYPERLINK(1)", "'=HYPERLINK(1)")]
    [InlineData("+1", "'+1")]
    [InlineData("-1+2", "'-1+2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("=1,2", "\"'=1,2\"")]
    [InlineData("plain", "plain")]
    public void Quotes_text_and_takes_the_sting_out_of_formulas(string text, string cell) =>
        Assert.Equal($"h\n{cell}\n", new Csv("h") is var csv && Row(csv, text) is var written ? written : null);

    private static string Row(Csv csv, string text)
    {
        csv.Row(text);
        return csv.ToString();
    }

    [Fact]
    public void An_axis_that_is_called_like_a_column_keeps_a_column_of_its_own()
    {
        var table = ResultsTable.Write(Samples.Run(Samples.Outcome("a", "difference", null, Samples.Value(1, labels: ("value", "x")))));
        Assert.StartsWith("analysis,kind,label_value,quantity,value,", table, StringComparison.Ordinal);
    }
}
