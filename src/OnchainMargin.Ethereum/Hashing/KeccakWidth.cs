namespace OnchainMargin.Ethereum.Hashing;

/// <summary>How many messages are hashed beside each other.</summary>
public enum KeccakWidth
{
    /// <summary>One, in scalar registers.</summary>
    One = 1,

    /// <summary>Four, in vectors of 256 bits.</summary>
    Four = 4,

    /// <summary>Eight, in vectors of 512 bits.</summary>
    Eight = 8,
}
