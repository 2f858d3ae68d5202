using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Protocol.Attestations;

/// <summary>The margin model that the engine computes. Governance can set another on chain; figures of this one under that one's name would be judged by that one's referee, and be lies.</summary>
public static class MarginModel
{
    /// <summary>As the referee says it: its name and the hash of the normal distribution's table.</summary>
    public static Hash32 Hash { get; } = Keccak256.Hash([.. "OnchainMargin margin model 1"u8, .. HexData.Decode("0x3475ce603a00d6e7e365987d1bc73441c1a0545c95b57fcc5b34e0786376d8cb")]);
}
