namespace OnchainMargin.Models.Cascades;

/// <summary>An account of the simulation.</summary>
internal sealed class Agent(double perpetual, double spot, double cash)
{
    /// <summary>Signed size of the perpetual.</summary>
    internal double Perpetual { get; private set; } = perpetual;

    /// <summary>Units of spot as collateral.</summary>
    internal double Spot { get; } = spot;

    internal double Cash { get; set; } = cash;

    /// <summary>Price that the perpetual is kept against.</summary>
    internal double Entry { get; set; }

    /// <summary>How long it has been under maintenance margin.</summary>
    internal double UnderSeconds { get; set; }

    /// <summary>Whether it ever was.</summary>
    internal bool IsHit { get; set; }

    internal double Equity(double price) => Cash + (Perpetual * (price - Entry)) + (Spot * price);

    /// <summary>Closes a part of the perpetual at a price.</summary>
    internal void Close(double units, double price)
    {
        Cash += units * (price - Entry);
        Perpetual -= units;
    }

    /// <summary>What is owed beyond equity, written off.</summary>
    internal double TakeDebt(double price)
    {
        var debt = Math.Max(0, -Equity(price));
        Cash += debt;
        return debt;
    }

    internal Agent Copy() => new(Perpetual, Spot, Cash) { Entry = Entry };
}
