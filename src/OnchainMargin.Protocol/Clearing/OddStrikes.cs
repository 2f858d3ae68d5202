using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Clearing;

/// <summary>Fills that would open options at a strike at which none may be (CLR-028), before they are signed or sent.</summary>
public static class OddStrikes
{
    /// <summary>What the chain would say; null when the strike is of the grid, or the position does not grow. Whether the other side takes over what somebody holds already is not known yet, and is no way to open anything.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="heldE8">The size held before.</param>
    /// <param name="sizeE8">Signed size of the fill.</param>
    public static string? Refusal(Instrument instrument, long heldE8, long sizeE8)
    {
        if (Math.Abs(heldE8 + sizeE8) <= Math.Abs(heldE8) || StrikeGrid.Holds(instrument))
        {
            return null;
        }

        (long below, long step) = StrikeGrid.Around(instrument.StrikeE8);
        return Refusals.Sentence(new CustomErrorReason([], new Clearinghouse.StrikeOffGridError(instrument.Packed, new UInt256(0, (ulong)below), new UInt256(0, (ulong)(below + step)))));
    }
}
