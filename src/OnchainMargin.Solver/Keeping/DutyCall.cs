using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Keeping;

/// <summary>A duty that the chain would take.</summary>
/// <param name="Duty">The duty.</param>
/// <param name="Request">What is called.</param>
/// <param name="Gas">What that uses, as the node estimates it.</param>
/// <param name="Limits">What it may use.</param>
internal sealed record DutyCall(Duty Duty, TransactionRequest Request, ulong Gas, GasLimits Limits);
