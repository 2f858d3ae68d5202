namespace OnchainMargin.Solver.Quorum;

/// <summary>What attesters sign together beside epochs.</summary>
internal enum ProposalKind
{
    /// <summary>Volatility surfaces.</summary>
    Surfaces,

    /// <summary>Steps of risk parameters.</summary>
    Parameters,
}
