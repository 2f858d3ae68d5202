namespace OnchainMargin.Margin;

/// <content>Instruments that nobody holds any more.</content>
public sealed partial class BookEngine
{
    /// <summary>With how many instruments known the book first looks which of them are still held.</summary>
    internal const int ForgetLeast = 1_024;

    private int _forgetAt = ForgetLeast;

    private delegate void PartAction(int underlying, Span<int> numbers);

    /// <summary>Forgets the instruments that nobody holds any more, whenever there are twice as many as were held the last time: otherwise every strike that was ever traded would be kept, and priced while its expiry lasts.</summary>
    private void Forget()
    {
        bool[]?[] held = [.. _underlyings.Select(static underlying => underlying is null ? null : new bool[underlying.Instruments.Length])];
        EachPart((underlying, numbers) =>
        {
            foreach (int number in numbers)
            {
                held[underlying]![number] = true;
            }
        });
        int[]?[] renumbered = [.. held.Select((own, underlying) => own is null ? null : _underlyings[underlying]!.Keep(own))];
        EachPart((underlying, numbers) =>
        {
            foreach (ref int number in numbers)
            {
                number = renumbered[underlying]![number];
            }
        });
        _forgetAt = Math.Max(ForgetLeast, 2 * Instruments);
    }

    private void EachPart(PartAction act)
    {
        foreach (BookBlock block in _blocks)
        {
            for (int slot = 0; slot < block.Count; slot++)
            {
                for (int part = 0; part < block.Underlyings.Length; part++)
                {
                    (int first, int count) = block.PartOf(slot, part);
                    act(block.Underlyings[part].Underlying, block.Numbers.AsSpan(first, count));
                }
            }
        }
    }
}
