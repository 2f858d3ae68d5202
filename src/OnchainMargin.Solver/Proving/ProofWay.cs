namespace OnchainMargin.Solver.Proving;

/// <summary>How an account is shown to be healthy after an operation.</summary>
internal enum ProofWay
{
    /// <summary>Nothing has to be shown: no position is left, and no debt.</summary>
    None,

    /// <summary>The referee computes everything on chain.</summary>
    Computed,

    /// <summary>The operation only reduces.</summary>
    Reducing,

    /// <summary>The leaf of a posted epoch.</summary>
    Leaf,

    /// <summary>A leaf of the positions before, and headroom.</summary>
    Headroom,

    /// <summary>An attestation that attesters signed on demand.</summary>
    Signed,
}
