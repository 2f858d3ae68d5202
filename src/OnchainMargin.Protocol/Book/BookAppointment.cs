using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>Somebody whom an owner lets act for an account.</summary>
/// <param name="Delegate">Who.</param>
/// <param name="Rights">What for.</param>
/// <param name="UntilSeconds">The last second of it, in Unix seconds.</param>
public sealed record BookAppointment(Address Delegate, DelegateRights Rights, ulong UntilSeconds)
{
    /// <summary>The delegates of an account after its owner set one: rights take the place of those of before, and none take them back.</summary>
    internal static ImmutableArray<BookAppointment> With(ImmutableArray<BookAppointment> delegates, Clearinghouse.DelegateSetEvent given)
    {
        ImmutableArray<BookAppointment> others = delegates.RemoveAll(known => known.Delegate == given.Delegate);
        return given.Rights == 0 ? others : others.Add(new BookAppointment(given.Delegate, (DelegateRights)given.Rights, given.Until));
    }
}
