using System.Globalization;
using Xunit.Abstractions;

namespace OnchainMargin.Margin.Tests.Accuracy;

/// <summary>Greeks of a report (MRG-060) against published ones: vollib's 101 rows and Haug's examples. Spot models are mapped to the forward by doubles.</summary>
public sealed class PublishedGreeksTests(ITestOutputHelper output)
{
    private const double Year = 31_536_000;
    private const long One = 100_000_000;

    /// <summary>Positions of a thousand, so that what is rounded is a thousandth of a unit.</summary>
    private const int Size = 1000;

    /// <summary>Delta is the kernel's own; the others read the slope of its table, which is straight inside a cell.</summary>
    private static readonly double[] Bounds = [1e-8, 2e-5, 1e-6, 1e-5];

    [SharedDataFact("reference/vollib_bs_greeks_101.csv")]
    public void Vollib_101Rows_Agree()
    {
        double[] worst = new double[4];
        int count = 0;
        foreach (IReadOnlyDictionary<string, string> row in TestFiles.Rows("reference/vollib_bs_greeks_101.csv"))
        {
            (double spot, double strike, double rate, double years, double volatility) = (D(row, "S"), D(row, "K"), D(row, "R"), D(row, "t"), D(row, "v"));
            foreach (bool isCall in (bool[])[true, false])
            {
                string side = isCall ? "C" : "P";
                (double delta, double gamma, double vega, double theta) = Of(isCall, spot, strike, rate, 0, years, volatility);

                // Theirs has what the discount of the strike brings as well.
                double carry = rate * strike * Math.Exp(-rate * years) * SecondProbability(isCall, spot, strike, rate, years, volatility);
                double decay = D(row, side + "T") + (isCall ? carry : -carry);
                double[] errors =
                [
                    Math.Abs(delta - D(row, side + "D")),
                    Math.Abs(gamma - D(row, side + "G")) * spot,
                    Math.Abs((vega * 100) - D(row, side + "V")) / spot,
                    Math.Abs((theta * 365) - decay) / spot,
                ];
                worst = [.. worst.Zip(errors, Math.Max)];
            }

            count++;
        }

        output.WriteLine($"{count} rows: largest errors of delta, gamma·spot, vega/spot, theta/spot {string.Join(", ", worst.Select(static one => one.ToString("G3", CultureInfo.InvariantCulture)))}");
        Assert.Equal(101, count);
        Assert.All(worst.Zip(Bounds), static pair => Assert.InRange(pair.First, 0, pair.Second));
    }

    [SharedDataFact("reference/haug_bsm_greeks.csv")]
    public void Haug_Examples_AgreeToThePrintedDigits()
    {
        int count = 0;
        foreach (IReadOnlyDictionary<string, string> row in TestFiles.Rows("reference/haug_bsm_greeks.csv"))
        {
            (double delta, double gamma, double vega, double _) = Of(row["type"] == "c", D(row, "spot"), D(row, "strike"), D(row, "r"), D(row, "q"), D(row, "t"), D(row, "vol"));
            double? found = row["greek"] switch { "delta" => delta, "gamma" => gamma, "vega" => vega * 100, _ => null };
            if (found is { } value)
            {
                Assert.InRange(Math.Abs(value - D(row, "value")), 0, 0.00006);
                count++;
            }
        }

        Assert.Equal(6, count);
    }

    /// <summary>In the settlement window a forward moves by the part of it that follows the spot, whatever its ratio is.</summary>
    [Fact]
    public void Window_DeltaAndGamma_AreOfThePartThatFollows()
    {
        const long Tau = 600;
        uint expiry = (uint)(Sample.Time + Tau);
        AccountState state = Sample.State(0, new Position(Instrument.Call(1, expiry, 1_000_000), 3000 * One, 0));
        AccountState future = Sample.State(0, new Position(Instrument.Future(1, expiry), 3000 * One, 0));
        Greeks Of(AccountState held, long followSeconds) => Assert.Single(MarginEngine.Report(
            held, [], Sample.View(Sample.Underlying(1, 125 * One, Sample.Expiry(Tau, 100 * One) with { FollowSeconds = followSeconds }))).Greeks);

        Greeks all = Of(state, 1800);
        Greeks third = Of(state, 600);

        // All of it follows by the ratio of 0.8, a third by 1/3.
        Assert.Equal((2400 * One, 1000 * One), ((long)Of(future, 1800).DeltaE8, (long)Of(future, 600).DeltaE8));
        Assert.InRange((double)all.DeltaE8 / One, 1200, 1260);
        Assert.Equal((double)all.DeltaE8 / 2.4, (double)third.DeltaE8, 1.0);
        Assert.Equal((double)all.GammaE16 / 5.76 / One, (double)third.GammaE16 / One, 1.0);
        Assert.Equal((all.VegaE8, all.ThetaE8), (third.VegaE8, third.ThetaE8));
    }

    private static (double Delta, double Gamma, double Vega, double Theta) Of(bool isCall, double spot, double strike, double rate, double yield, double years, double volatility)
    {
        long tau = (long)Math.Round(years * Year);
        uint expiry = (uint)(Sample.Time + tau);
        ExpiryRecord listed = Sample.Expiry(tau, E8(spot * Math.Exp((rate - yield) * years)), (long)Math.Round(volatility * volatility * 1e12)) with
        {
            DiscountE12 = (long)Math.Round(1e12 * Math.Exp(-rate * years)),
        };
        long strikeE4 = (long)Math.Round(strike * 10_000);
        Instrument instrument = isCall ? Instrument.Call(1, expiry, strikeE4) : Instrument.Put(1, expiry, strikeE4);
        CheckpointView view = Sample.View(Sample.Underlying(1, E8(spot), listed));
        Greeks found = Assert.Single(MarginEngine.Report(Sample.State(0, new Position(instrument, Size * One, 0)), [], view).Greeks);
        return ((double)found.DeltaE8 / One / Size, (double)found.GammaE16 / One / One / Size, (double)found.VegaE8 / One / Size, (double)found.ThetaE8 / One / Size);
    }

    /// <summary>N(d2) of a call, N(−d2) of a put: by a call of nothing but its strike.</summary>
    private static double SecondProbability(bool isCall, double spot, double strike, double rate, double years, double volatility)
    {
        double forward = spot * Math.Exp(rate * years);
        double d1 = (Math.Log(forward / strike) / (volatility * Math.Sqrt(years))) + (volatility * Math.Sqrt(years) / 2);
        double call = Sample.Black(forward, strike, volatility, years);
        double inTheMoney = ((forward * Sample.Normal(d1)) - call) / strike;
        return isCall ? inTheMoney : 1 - inTheMoney;
    }

    private static long E8(double value) => (long)Math.Round(value * 1e8);

    private static double D(IReadOnlyDictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);
}
