namespace OnchainMargin.Solver.Tests.Attesting;

/// <summary>A start, and then the same part again and again; and how much of it was read.</summary>
internal sealed class EndlessStream(byte[] start, byte[] part) : Stream
{
    /// <summary>The bytes that were read.</summary>
    public long Taken { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        for (int i = offset; i < offset + count; i++)
        {
            buffer[i] = Taken < start.Length ? start[Taken] : part[(Taken - start.Length) % part.Length];
            Taken++;
        }

        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
