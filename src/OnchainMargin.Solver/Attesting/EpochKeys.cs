using System.Globalization;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>The keys of postings. They are written and read here alone: after a restart the store knows an intent by nothing else.</summary>
internal static class EpochKeys
{
    /// <summary>How they begin.</summary>
    public const string Sort = "epoch ";

    /// <summary>The key of an epoch's posting.</summary>
    public static string Of(RiskRegistry.RiskEpoch epoch) => string.Create(CultureInfo.InvariantCulture, $"{Sort}{epoch.Epoch} of checkpoint {epoch.Checkpoint} root {epoch.BookRoot.ToString()[..10]}");

    /// <summary>Whether the contract would refuse a posting by now: another has its number, or its checkpoint is too old.</summary>
    public static bool IsVain(string key, ProtocolBook book)
    {
        string[] words = key.Split(' ');
        return words.Length > 4
            && ulong.TryParse(words[1], CultureInfo.InvariantCulture, out ulong epoch)
            && ulong.TryParse(words[4], CultureInfo.InvariantCulture, out ulong checkpoint)
            && (epoch <= (book.LatestEpoch?.Epoch ?? 0)
                || !book.Checkpoints.TryGetValue(checkpoint, out CheckpointInputs? inputs)
                || book.BlockTimeSeconds > (ulong)inputs.Checkpoint.Header.Time + book.Parameters.Oracle.AttestationMaxAgeSeconds);
    }
}
