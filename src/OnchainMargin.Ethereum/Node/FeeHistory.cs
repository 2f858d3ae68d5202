using System.Text.Json;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Turns the fees of the last blocks into an offer: the median of the median tips, and room for the base fee to double. What the newest block asked is asked at least: of some nodes the history is older.</summary>
internal static class FeeHistory
{
    public static FeeEstimate? Estimate(JsonElement history, UInt256? newestBaseFeeWei)
    {
        if (RpcJson.Optional(history, "baseFeePerGas") is not { ValueKind: JsonValueKind.Array } fees || fees.GetArrayLength() == 0)
        {
            return null;
        }

        UInt256 next = RpcJson.Quantity(fees[fees.GetArrayLength() - 1], "a base fee");
        if (next.IsZero)
        {
            return null;
        }

        if (newestBaseFeeWei is { } newest && newest > next)
        {
            next = newest;
        }

        UInt256 tip = MedianTip(history);
        return new FeeEstimate((next << 1) + tip, tip);
    }

    private static UInt256 MedianTip(JsonElement history)
    {
        var tips = new List<UInt256>();
        if (RpcJson.Optional(history, "reward") is { ValueKind: JsonValueKind.Array } rewards)
        {
            foreach (JsonElement block in rewards.EnumerateArray())
            {
                if (block.ValueKind == JsonValueKind.Array && block.GetArrayLength() > 0)
                {
                    tips.Add(RpcJson.Quantity(block[0], "a tip"));
                }
            }
        }

        tips.Sort();
        return tips.Count > 0 ? tips[tips.Count / 2] : UInt256.One;
    }
}
