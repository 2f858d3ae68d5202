namespace OnchainMargin.Margin;

/// <summary>What all accounts share at a checkpoint.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Time">The block's time, unix seconds.</param>
/// <param name="InitialFactorE8">Initial over maintenance margin.</param>
/// <param name="DebtIndexE12">Index of negative cash.</param>
/// <param name="CreditIndexE12">Index of positive cash.</param>
[SpecRule("MRG-004")]
public sealed record CheckpointHeader(ulong Id, long Time, long InitialFactorE8, ulong DebtIndexE12, ulong CreditIndexE12);
