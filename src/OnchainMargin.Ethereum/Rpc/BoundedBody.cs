namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Reads an answer into memory that grows with the bytes that arrive, whatever length the header claims.</summary>
internal static class BoundedBody
{
    private const int FirstBuffer = 16 << 10;
    private const int Growth = 4;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int maximum, string subject, CancellationToken cancellationToken)
    {
        long? claimed = content.Headers.ContentLength;
        if (claimed > maximum)
        {
            throw TooLong(subject, maximum);
        }

        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[(int)Math.Min(claimed + 1 ?? FirstBuffer, FirstBuffer)];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                long wanted = claimed >= length ? Math.Min(claimed.Value + 1, (long)length * Growth) : (long)length * Growth;
                byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(wanted, (long)maximum + 1));
                buffer.CopyTo(larger, 0);
                buffer = larger;
            }

            int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            length += read;
            if (length > maximum)
            {
                throw TooLong(subject, maximum);
            }
        }
    }

    private static RpcTransportException TooLong(string subject, int maximum) =>
        new($"{subject} answered with more than {maximum} bytes; ask for less at a time or allow longer answers.", isTransient: false);
}
