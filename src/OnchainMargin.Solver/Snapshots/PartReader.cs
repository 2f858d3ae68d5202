using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Snapshots;

/// <summary>Reads what a <see cref="PartWriter"/> wrote, over the ends of parts.</summary>
/// <param name="contents">What the parts hold behind their heads, in order.</param>
internal sealed class PartReader(params IEnumerable<ReadOnlyMemory<byte>> contents)
{
    private readonly Queue<ReadOnlyMemory<byte>> _next = new(contents);
    private readonly List<CheckpointInputs> _inputs = [];
    private ReadOnlyMemory<byte> _rest;

    /// <summary>Whether everything was read.</summary>
    public bool IsAtEnd => _rest.IsEmpty && _next.Count == 0;

    /// <summary>Reads bytes.</summary>
    /// <exception cref="ProtocolException">Thrown when there are not so many.</exception>
    public void Read(Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            if (_rest.IsEmpty && !_next.TryDequeue(out _rest))
            {
                throw new ProtocolException("its parts end before the book does");
            }

            int length = Math.Min(into.Length, _rest.Length);
            _rest.Span[..length].CopyTo(into);
            into = into[length..];
            _rest = _rest[length..];
        }
    }

    /// <summary>Reads a checkpoint; it is checked against its commitment.</summary>
    internal static CheckpointInputs ReadInputs(PartReader from)
    {
        int known = Form<int>.Read(from);
        if (known == from._inputs.Count)
        {
            from._inputs.Add(CheckpointInputs.Read(Form<byte[]>.Read(from), Form<byte[]>.Read(from)));
        }

        return from._inputs[known];
    }
}
