namespace OnchainMargin.Margin;

/// <summary>Which surface an expiry is valued on when it was published anew within the delay.</summary>
[SpecRule("MRG-012")]
public enum SurfaceChoice
{
    /// <summary>The present one.</summary>
    Present = 0,

    /// <summary>The better for the account: liquidation.</summary>
    Better = 1,

    /// <summary>The worse for the account: withdrawals and trades.</summary>
    Worse = 2,
}
