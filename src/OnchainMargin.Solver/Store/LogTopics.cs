using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

/// <summary>Topics as they are stored: one behind the other.</summary>
internal static class LogTopics
{
    /// <summary>The topics apart.</summary>
    public static Hash32[] Split(ReadOnlySpan<byte> bytes)
    {
        var topics = new Hash32[bytes.Length / Hash32.Size];
        for (int i = 0; i < topics.Length; i++)
        {
            topics[i] = new Hash32(bytes.Slice(i * Hash32.Size, Hash32.Size));
        }

        return topics;
    }

    /// <summary>The topics one behind the other.</summary>
    /// <param name="topics">The topics, four at most.</param>
    /// <param name="room">Where they go.</param>
    /// <returns>The part of the room that they take.</returns>
    public static Span<byte> Join(IReadOnlyList<Hash32> topics, Span<byte> room)
    {
        for (int i = 0; i < topics.Count; i++)
        {
            topics[i].CopyTo(room[(i * Hash32.Size)..]);
        }

        return room[..(topics.Count * Hash32.Size)];
    }
}
