namespace OnchainMargin.Margin;

/// <summary>An account that does not fit the book's form (an order or an underlying that no account of the protocol has) and is computed by itself.</summary>
/// <param name="state">Its state.</param>
/// <param name="balances">Its collateral.</param>
internal sealed class BookMisfit(AccountState state, Balance[] balances)
{
    /// <summary>Its state.</summary>
    internal AccountState State { get; } = state;

    /// <summary>Its collateral.</summary>
    internal Balance[] Balances { get; } = balances;

    /// <summary>Its figures.</summary>
    internal AccountFigures Figures { get; private set; }

    /// <summary>What is wrong with it.</summary>
    internal MarginError Error { get; private set; }

    /// <summary>Whether it was computed.</summary>
    internal bool IsComputed { get; private set; }

    /// <summary>Whether equity is below maintenance margin.</summary>
    internal bool IsUnderWater => IsComputed && Error == MarginError.None && Figures.EquityE8 < Figures.MaintenanceE8;

    /// <summary>Computes it.</summary>
    internal void Compute(CheckpointView view, SurfaceChoice choice)
    {
        Error = MarginEngine.TryCompute(State, Balances, view, choice, out AccountFigures figures);
        Figures = figures;
        IsComputed = true;
    }
}
