using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>A position beside the records that it names.</summary>
internal sealed class Held(Position position, UnderlyingRecord record, ExpiryRecord? expiry)
{
    private readonly Dictionary<bool, Valuation> _valuations = [];
    private Valuation? _valuation;

    internal Position Position => position;

    internal UnderlyingRecord Record => record;

    internal ExpiryRecord? Expiry => expiry;

    internal int Index { get; set; }

    internal bool Delayed { get; set; }

    internal BigInteger Size => position.SizeE8;

    internal bool IsOption => position.Instrument.IsOption;

    internal Surface? Surface => expiry is null ? null : Delayed ? expiry.Delayed : expiry.Present;

    internal Valuation Valuation => _valuation ?? throw new InvalidOperationException("Not valued yet.");

    /// <summary>The mark of MRG-050.</summary>
    internal BigInteger Mark => position.Instrument.Kind switch
    {
        Kind.Perpetual => record.PerpetualMarkE8 - record.CumulativeFundingE8,
        Kind.Future => Surface!.ForwardE8,
        _ => Valuation.Mark,
    };

    internal void Value(BigInteger time)
    {
        if (!_valuations.TryGetValue(Delayed, out _valuation))
        {
            _valuation = new Valuation(position.Instrument, time, record, expiry, Surface);
            _valuations[Delayed] = _valuation;
        }
    }
}
