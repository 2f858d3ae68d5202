namespace OnchainMargin.Solver.Store;

/// <summary>How far a transaction of the outbox has come.</summary>
public enum OutboxState
{
    /// <summary>Stored and to be broadcast until it is mined.</summary>
    Live = 0,

    /// <summary>Mined and carried out; watched until it is deep enough.</summary>
    Mined = 1,

    /// <summary>Mined, but reverted by the contract; watched until it is deep enough.</summary>
    Reverted = 2,

    /// <summary>Carried out and deeper than any reorganisation that is followed.</summary>
    Final = 3,

    /// <summary>Reverted and deeper than any reorganisation that is followed.</summary>
    FinalReverted = 4,

    /// <summary>Its nonce was used by a transaction that is not in this outbox: somebody else sends from the same key.</summary>
    Displaced = 5,

    /// <summary>It got in at no fee that it was worth, or nodes refused it for what it is, and an empty transaction used its nonce so that others, or the same made anew, could go on.</summary>
    Withdrawn = 6,
}
