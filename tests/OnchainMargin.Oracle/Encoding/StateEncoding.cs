using System.Numerics;
using static OnchainMargin.Oracle.Words;

namespace OnchainMargin.Oracle;

/// <summary>MRG-001, MRG-002 and balances.</summary>
public static class StateEncoding
{
    /// <summary>The bytes of a state.</summary>
    public static byte[] Pack(AccountState state) =>
    [
        .. Word((ZigZag(state.CashE8), 128), (state.InterestIndexE12, 64), (state.Version, 32), (1, 8), (state.Flags, 24)),
        .. Word((state.LockedGainE8, 64), (state.GainTime, 40), (state.LastOperation, 40)),
        .. state.Positions.SelectMany(position => Word((position.Instrument.Packed, 96), (ZigZag(position.SizeE8), 64), (ZigZag(position.CostE8), 96))),
    ];

    /// <summary>Balances as the referee takes them: one word each, token u16, 112 zero bits, amount u128.</summary>
    public static byte[] Pack(IEnumerable<Balance> balances) => [.. balances.SelectMany(balance => Word((balance.Token, 16), (0, 112), (balance.AmountRaw, 128)))];

    /// <summary>Balances of some bytes, or BalancesUnsorted.</summary>
    public static IReadOnlyList<Balance> UnpackBalances(byte[] bytes)
    {
        List<Balance> balances = [.. bytes.Chunk(32).Select(word => Fields(word, 16, 112, 128)).Select(f => new Balance((int)f[0], f[2]))];
        return balances.Zip(balances.Skip(1)).All(pair => pair.First.Token < pair.Second.Token) ? balances : throw new SpecException("BalancesUnsorted");
    }

    /// <summary>The state of some bytes, or an error of MRG-001 and MRG-002.</summary>
    public static AccountState Unpack(byte[] bytes)
    {
        if (bytes.Length % 32 != 0 || bytes.Length < 64 || bytes.Length > 130 * 32)
        {
            throw new SpecException("StateMalformed");
        }

        BigInteger[] first = Fields(bytes.AsSpan(0, 32), 128, 64, 32, 8, 24);
        BigInteger[] second = Fields(bytes.AsSpan(32, 32), 64, 40, 40, 112);
        if (first[3] != 1 || second[3] != 0)
        {
            throw new SpecException("StateMalformed");
        }

        List<(BigInteger Packed, BigInteger Size, BigInteger Cost)> words = [];
        for (int at = 64; at < bytes.Length; at += 32)
        {
            BigInteger[] fields = Fields(bytes.AsSpan(at, 32), 96, 64, 96);
            words.Add((fields[0], UnZigZag(fields[1]), UnZigZag(fields[2])));
        }

        if (words.Zip(words.Skip(1)).Any(pair => pair.First.Packed >= pair.Second.Packed))
        {
            throw new SpecException("PositionsUnsorted");
        }

        if (words.Any(word => word.Size == 0))
        {
            throw new SpecException("PositionEmpty");
        }

        return new AccountState(
            UnZigZag(first[0]), first[1], first[2], first[4], second[0], second[1], second[2],
            [.. words.Select(word => new Position(UnpackInstrument(word.Packed), word.Size, word.Cost))]);
    }

    /// <summary>The instrument of 96 bits, or InstrumentInvalid.</summary>
    public static Instrument UnpackInstrument(BigInteger packed)
    {
        var kind = (int)(packed & 0xFF);
        BigInteger strikeE4 = (packed >> 8) & (Integers.Two(40) - 1);
        BigInteger expiry = (packed >> 48) & (Integers.Two(32) - 1);
        var underlying = (int)(packed >> 80);
        bool valid = underlying >= 1 && kind switch
        {
            0 => expiry == 0 && strikeE4 == 0,
            1 => expiry > 0 && strikeE4 == 0,
            2 or 3 => expiry > 0 && strikeE4 > 0,
            _ => false,
        };
        return valid ? new Instrument(underlying, expiry, strikeE4, (Kind)kind) : throw new SpecException("InstrumentInvalid");
    }
}
