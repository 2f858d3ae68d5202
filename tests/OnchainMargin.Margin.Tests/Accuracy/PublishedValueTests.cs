using System.Globalization;
using Xunit.Abstractions;

namespace OnchainMargin.Margin.Tests.Accuracy;

/// <summary>Option values against published ones: Haug, the examples of Hull and vollib, vollib's 101 rows, 995 rows of Let's Be Rational. Spot models are mapped to the forward by doubles.</summary>
public sealed class PublishedValueTests(ITestOutputHelper output)
{
    private const double Year = 31_536_000;

    [SharedDataFact("reference/haug_bsm_values.csv")]
    public void Haug_EuropeanValues_AgreeToTheirTolerance()
    {
        int count = 0;
        foreach (IReadOnlyDictionary<string, string> row in TestFiles.Rows("reference/haug_bsm_values.csv"))
        {
            double value = Spot(row["type"] == "c", D(row, "spot"), D(row, "strike"), D(row, "r"), D(row, "q"), D(row, "t"), D(row, "vol"));
            Assert.InRange(Math.Abs(value - D(row, "value")), 0, D(row, "tol"));
            count++;
        }

        Assert.Equal(43, count);
    }

    [SharedDataFact("reference/hull_vollib_examples.csv")]
    public void HullAndVollib_Examples_AgreeToThePrintedDigits()
    {
        int count = 0;
        foreach (IReadOnlyDictionary<string, string> row in TestFiles.Rows("reference/hull_vollib_examples.csv").Where(row => row["quantity"] == "value"))
        {
            double rate = D(row, "r");
            double value = Spot(row["type"] == "c", D(row, "spot_or_forward"), D(row, "strike"), rate, row["model"] == "bs" ? 0 : rate, D(row, "t"), D(row, "vol"));
            string printed = row["published_value"];
            int digits = printed.Contains('.', StringComparison.Ordinal) ? printed.Split('.')[1].Length : 0;
            Assert.InRange(Math.Abs(value - D(row, "published_value")), 0, (0.51 * Math.Pow(10, -Math.Min(digits, 6))) + 1e-6);
            count++;
        }

        Assert.Equal(7, count);
    }

    [SharedDataFact("reference/vollib_bs_greeks_101.csv")]
    public void Vollib_101Rows_Agree()
    {
        int count = 0;
        foreach (IReadOnlyDictionary<string, string> row in TestFiles.Rows("reference/vollib_bs_greeks_101.csv"))
        {
            double spot = D(row, "S");
            double bound = Math.Max(1.1e-8 * spot, 1e-6);
            Assert.InRange(Math.Abs(Spot(true, spot, D(row, "K"), D(row, "R"), 0, D(row, "t"), D(row, "v")) - D(row, "bs_call")), 0, bound);
            Assert.InRange(Math.Abs(Spot(false, spot, D(row, "K"), D(row, "R"), 0, D(row, "t"), D(row, "v")) - D(row, "bs_put")), 0, bound);
            count++;
        }

        Assert.Equal(101, count);
    }

    [SharedDataFact("reference/letsberational_1000.csv")]
    public void LetsBeRational_995Rows_AgreeToOnePartInAHundredMillionOfTheForward()
    {
        int count = 0;
        double worst = 0;
        foreach (IReadOnlyDictionary<string, string> row in TestFiles.Rows("reference/letsberational_1000.csv"))
        {
            double forward = D(row, "F");
            double volatility = D(row, "sigma");
            long mark = Quote.Mark(row["q"] == "1", E8(forward), E8(D(row, "K")), (long)Math.Round(D(row, "T") * Year), (long)Math.Round(volatility * volatility * 1e12));
            double error = Math.Abs((mark / 1e8) - D(row, "black_undiscounted")) / forward;
            worst = Math.Max(worst, error);
            Assert.InRange(error, 0, Math.Max(1e-8, 1e-8 / forward));
            count++;
        }

        output.WriteLine($"{count} rows: largest error {worst:G4} of the forward");
        Assert.Equal(995, count);
    }

    private static double Spot(bool call, double spot, double strike, double rate, double yield, double years, double volatility)
    {
        long forward = E8(spot * Math.Exp((rate - yield) * years));
        long discount = (long)Math.Round(1e12 * Math.Exp(-rate * years));
        return Quote.Mark(call, forward, (long)Math.Round(strike * 10_000) * 10_000, (long)Math.Round(years * Year), (long)Math.Round(volatility * volatility * 1e12), discount) / 1e8;
    }

    private static long E8(double value) => (long)Math.Round(value * 1e8);

    private static double D(IReadOnlyDictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);
}
