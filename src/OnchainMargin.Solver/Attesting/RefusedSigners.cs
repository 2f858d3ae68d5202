using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Whose signature of which digest the chain refused though it recovers here: the others' go without it, whatever node and contract disagree over. Not safe for threads.</summary>
internal sealed class RefusedSigners
{
    private const int Remembered = 256;

    private readonly HashSet<(Hash32 Digest, Address Signer)> _refused = [];

    /// <summary>Whether a signer's signature of a digest was refused.</summary>
    public bool Contains(Hash32 digest, Address signer) => _refused.Contains((digest, signer));

    /// <summary>Remembers the signer whom a refusal names.</summary>
    /// <returns>Whether it names one.</returns>
    public bool Add(Hash32 digest, RevertException refusal)
    {
        if (refusal.Reason is not CustomErrorReason { Error: RiskRegistry.SignatureInvalidError invalid })
        {
            return false;
        }

        if (_refused.Count >= Remembered)
        {
            _refused.Clear();
        }

        return _refused.Add((digest, invalid.Signer));
    }
}
