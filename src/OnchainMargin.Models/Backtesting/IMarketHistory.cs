using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Models.Backtesting;

/// <summary>The past of several markets, moment by moment. What it says of a moment rests on nothing later.</summary>
public interface IMarketHistory
{
    /// <summary>Names of the underlyings.</summary>
    IReadOnlyList<string> Underlyings { get; }

    /// <summary>Number of moments.</summary>
    int Count { get; }

    /// <summary>Unix seconds of a moment.</summary>
    long Time(int moment);

    /// <summary>Spot.</summary>
    double Spot(int underlying, int moment);

    /// <summary>What is recorded of a moment, for policies and charges: nothing of a model.</summary>
    MarketHour Hour(int underlying, int moment);

    /// <summary>The listed expiry nearest to so many days ahead.</summary>
    uint Expiry(int underlying, int moment, double days);

    /// <summary>The listed strike nearest to a part of the forward.</summary>
    long StrikeE4(int underlying, int moment, uint expiry, double moneyness);

    /// <summary>The surface of an expiry.</summary>
    Surface Surface(int underlying, int moment, uint expiry);

    /// <summary>The moment so many hours later, or −1 when there is none near.</summary>
    int Ahead(int moment, double hours);
}
