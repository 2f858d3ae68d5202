using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Protocol.Keeping;

/// <summary>An account that can be liquidated now, with what proves it.</summary>
/// <param name="Account">The account, as it is stored.</param>
/// <param name="Witness">The cheapest witness that shows it (MRG-057): what <see cref="ProtocolClient.StartLiquidationAsync"/> takes.</param>
/// <param name="EquityE8">Its equity at the prices that were looked at.</param>
/// <param name="ShownE8">What the witness shows of its maintenance margin: more than the equity.</param>
public sealed record UnderWater(BookAccount Account, byte[] Witness, Int128 EquityE8, Int128 ShownE8);
