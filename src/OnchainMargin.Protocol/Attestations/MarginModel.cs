using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Protocol.Attestations;

/// <summary>The margin model that the engine computes. Governance can set another on chain; figures of this one under that one's name would be judged by that one's referee, and be lies.</summary>
public static class MarginModel
{
    /// <summary>As the referee says it: its name and the hash of the normal distribution's table.</summary>
    public static Hash32 Hash { get; } = Keccak256.Hash([.. "OnchainMargin margin model 1"u8, .. HexData.Decode("0x541d6ee9c2d06038767ce269461a4abf37146ac96a00bef3b755c6b7e855c332")]);
}
