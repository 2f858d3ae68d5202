namespace OnchainMargin.Models.Backtesting;

/// <summary>A portfolio at one moment under one set of parameters; money as a part of its notional.</summary>
internal struct Observation
{
    internal double Maintenance;
    internal double Initial;
    internal double Standard;

    /// <summary>Loss after the horizons, NaN where the history ends.</summary>
    internal double Loss0;
    internal double Loss1;
    internal double Loss2;

    /// <summary>Maintenance of the same positions after the horizons.</summary>
    internal double Later0;
    internal double Later1;
    internal double Later2;

    internal readonly double Loss(int horizon) => horizon switch { 0 => Loss0, 1 => Loss1, _ => Loss2 };

    internal readonly double Later(int horizon) => horizon switch { 0 => Later0, 1 => Later1, _ => Later2 };

    internal void Set(int horizon, double loss, double later)
    {
        switch (horizon)
        {
            case 0: (Loss0, Later0) = (loss, later); break;
            case 1: (Loss1, Later1) = (loss, later); break;
            default: (Loss2, Later2) = (loss, later); break;
        }
    }
}
