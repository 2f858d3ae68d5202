using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver;

/// <summary>Every message that the solver logs, numbered: 1xxx host, 2xxx index, 3xxx transactions, 4xxx risk and pricing, 5xxx attestation, 6xxx keeping, 7xxx API.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(3001, LogLevel.Information, "Stored transaction for '{Intent}': nonce {Nonce}, hash {Hash}")]
    public static partial void TransactionStored(this ILogger logger, string intent, ulong nonce, Hash32 hash);

    [LoggerMessage(3002, LogLevel.Information, "Transaction for '{Intent}' is in block {Block}")]
    public static partial void TransactionMined(this ILogger logger, string intent, ulong block);

    [LoggerMessage(3003, LogLevel.Warning, "Transaction for '{Intent}' was reverted in block {Block}: {Reason}")]
    public static partial void TransactionReverted(this ILogger logger, string intent, ulong block, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "The chain took back the transaction for '{Intent}' (nonce {Nonce}); the same bytes are broadcast again")]
    public static partial void TransactionTakenBack(this ILogger logger, string intent, ulong nonce);

    [LoggerMessage(3005, LogLevel.Information, "Raised the fee of '{Intent}' to {MaxFeeWei} wei a gas")]
    public static partial void TransactionFeeRaised(this ILogger logger, string intent, UInt256 maxFeeWei);

    [LoggerMessage(3006, LogLevel.Error, "Nonce {Nonce} of '{Intent}' was used by a transaction that is not in this outbox; give each solver a key of its own")]
    public static partial void TransactionDisplaced(this ILogger logger, string intent, ulong nonce);

    [LoggerMessage(3007, LogLevel.Debug, "Broadcast of '{Intent}' was answered with: {Answer}")]
    public static partial void BroadcastAnswered(this ILogger logger, string intent, string answer);

    [LoggerMessage(3008, LogLevel.Warning, "The fee of '{Intent}' is at its cap of {CapGwei} gwei and the transaction is in no block; raise transactions.maxFeePerGasGwei to go on")]
    public static partial void TransactionAtFeeCap(this ILogger logger, string intent, int capGwei);
}
