using Dapper;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

public sealed partial class SolverStore
{
    /// <summary>Writes down that a key signed an epoch, before the signature leaves the process.</summary>
    public void AddSignature(Address signer, ulong epoch, Hash32 digest, byte[] signature)
    {
        lock (_gate)
        {
            Connection.Execute(
                "INSERT INTO signed_epochs (signer, epoch, digest, signature) VALUES (@signer, @epoch, @digest, @signature) ON CONFLICT DO NOTHING",
                new { signer = signer.ToArray(), epoch = checked((long)epoch), digest = digest.ToArray(), signature });
        }
    }

    /// <summary>The digests that a key signed for one epoch number: more than one after a reorganisation replaced the checkpoint under it.</summary>
    public IReadOnlyList<(Hash32 Digest, byte[] Signature)> SignaturesOf(Address signer, ulong epoch)
    {
        lock (_gate)
        {
            return [.. Connection
                .Query<(byte[] Digest, byte[] Signature)>(
                    "SELECT digest, signature FROM signed_epochs WHERE signer = @signer AND epoch = @epoch",
                    new { signer = signer.ToArray(), epoch = checked((long)epoch) })
                .Select(static row => (new Hash32(row.Digest), row.Signature))];
        }
    }
}
