using System.Buffers.Binary;
using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Book;

/// <summary>The packed form of what an account holds: one word each, <c>token u16 | 0 u112 | amountRaw u128</c>, ascending by token, none zero.</summary>
public static class Balances
{
    private const int WordBytes = 32;
    private const int AmountOffset = 16;

    /// <summary>Packs balances; those of zero are left out.</summary>
    public static byte[] Pack(IEnumerable<Balance> balances)
    {
        Balance[] held = [.. balances.Where(static balance => balance.AmountRaw != 0).OrderBy(static balance => balance.Token)];
        var words = new byte[held.Length * WordBytes];
        for (int i = 0; i < held.Length; i++)
        {
            Span<byte> word = words.AsSpan(i * WordBytes, WordBytes);
            BinaryPrimitives.WriteUInt16BigEndian(word, held[i].Token);
            BinaryPrimitives.WriteUInt128BigEndian(word[AmountOffset..], held[i].AmountRaw);
        }

        return words;
    }

    /// <summary>Reads packed balances.</summary>
    /// <exception cref="ProtocolException">Thrown when the bytes are not whole words in ascending order.</exception>
    public static ImmutableArray<Balance> Unpack(ReadOnlySpan<byte> words)
    {
        if (words.Length % WordBytes != 0)
        {
            throw new ProtocolException($"Balances of {words.Length} bytes are no whole words; check that the contract is of this version.");
        }

        ImmutableArray<Balance>.Builder balances = ImmutableArray.CreateBuilder<Balance>(words.Length / WordBytes);
        for (int at = 0; at < words.Length; at += WordBytes)
        {
            ReadOnlySpan<byte> word = words[at..];
            var balance = new Balance(BinaryPrimitives.ReadUInt16BigEndian(word), BinaryPrimitives.ReadUInt128BigEndian(word[AmountOffset..]));
            if (word[2..AmountOffset].ContainsAnyExcept((byte)0) || (balances.Count > 0 && balances[^1].Token >= balance.Token))
            {
                throw new ProtocolException($"The balance word {at / WordBytes} is not in ascending order or has spare bits set; check that the contract is of this version.");
            }

            balances.Add(balance);
        }

        return balances.MoveToImmutable();
    }

    /// <summary>The balances that count as collateral in an attestation: all but the settlement token, which counts as cash.</summary>
    public static ImmutableArray<Balance> WithoutSettlement(ImmutableArray<Balance> balances) => [.. balances.Where(static balance => balance.Token != 0)];
}
